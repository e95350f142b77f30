"""The lag meter: what it remembers, and that it sees a loop that was held up."""

import asyncio
import time

from hypothesis import given
from hypothesis import strategies as st

from crawler.lag import KEPT_S, LEAST_S, TICK_S, LagMeter
from crawler.records import Sighting
from tests.crawler.fakes import FakeFetcher, crawler_of, round_of, run, visit

URL = "http://www.example.gov.cn/"


def test_the_worst_lag_since_a_mark_is_told_and_earlier_ones_are_not() -> None:
    meter = LagMeter()
    for now, lag in ((1.0, 0.9), (2.0, 0.1), (3.0, 0.4), (4.0, 0.2)):
        meter.note(now, lag)
    assert [meter.worst_since(mark) for mark in (0.0, 1.0, 1.5, 3.0, 3.5, 4.5)] == [0.9, 0.9, 0.4, 0.4, 0.2, 0.0]


def test_a_timer_that_rings_nearly_in_time_is_no_lag() -> None:
    meter = LagMeter()
    meter.note(1.0, LEAST_S * 0.9)
    assert meter.worst_since(0.0) == 0.0


@given(st.lists(st.floats(0.01, 5), max_size=60), st.integers(0, 60))
def test_what_is_remembered_tells_the_same_as_all_lags_would(lags: list[float], mark: int) -> None:
    meter = LagMeter()
    for now, lag in enumerate(lags):
        meter.note(float(now), lag)
    assert meter.worst_since(float(mark)) == round(max(lags[mark:], default=0.0), 4)


def test_lags_are_forgotten_after_a_while() -> None:
    meter = LagMeter()
    for tick in range(20_000):
        meter.note(tick * TICK_S, 5.0 - tick / 10_000)
    assert len(meter._lags) <= KEPT_S / TICK_S + 1


async def test_a_loop_that_is_held_up_is_seen_by_the_sighting_made_meanwhile() -> None:
    def hold_up(url: str) -> None:
        until = time.monotonic() + TICK_S + 0.2
        while time.monotonic() < until:
            pass

    fetcher = FakeFetcher({URL: "<html></html>"})
    crawler = crawler_of(fetcher)
    await crawler.open()
    fetcher.pages[URL] = "<html></html>"
    try:
        fetcher.before = hold_up
        seen, *_ = await run(crawler, round_of(visit(URL)))
    finally:
        await crawler.close()
    assert isinstance(seen, Sighting) and seen.lag_s > 0.1


async def test_a_meter_that_was_stopped_rings_no_more() -> None:
    meter = LagMeter()
    meter.start()
    meter.stop()
    await asyncio.sleep(0)
    assert meter.worst_since(meter.mark() - 1.0) == 0.0
