"""A probe asks one thing: does the home page open within 15.0 s? Nothing hidden, nothing further."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from crawler.fetch import Answer, FetchSettings
from crawler.records import Gap, Handover, Progress, Round, Sighting
from crawler.visit import DEADLINES, Crawler
from tests.crawler.fakes import HOST as NAME
from tests.crawler.fakes import FakeFetcher, Told, crawler_of, failed, moved, round_of, run, sight, visit
from tests.crawler.fetch.wire import Step, always, bare, page, serving
from tests.crawler.read import scripted_pages as pages
from tests.crawler.read.scripted_pages import HOST, UNDATED_URL

HOME = f"{HOST}/"
BODY = pages.page("<ul class='list'>" + pages.ROWS + "</ul>").encode()
SHORT_S = 0.5


@asynccontextmanager
async def crawling(**ports: int) -> AsyncIterator[Crawler]:
    """A crawler that finds the host at the ports of loopback: p80=…, p443=…"""
    hosts = {NAME: {port[1:]: ("127.0.0.1", real) for port, real in ports.items()}}
    crawler = Crawler.of(FetchSettings(allow=("127.0.0.0/8",), hosts=hosts))
    await crawler.open()
    try:
        yield crawler
    finally:
        await crawler.close()


async def probe(crawler: Crawler, url: str = f"http://{NAME}/") -> Sighting:
    made = Round(7, NAME, (visit(url, kind="probe"),), Gap(0.0, 0.0, 0.0))
    first, _ = await asyncio.wait_for(run(crawler, made), 10)
    assert isinstance(first, Sighting)
    return first


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DEADLINES, "probe", SHORT_S)


def test_a_home_page_has_fifteen_seconds() -> None:
    assert DEADLINES["probe"] == DEADLINES["home"] == 15.0


async def test_the_request_has_the_whole_time_and_what_redirects_took_is_taken_off() -> None:
    told: dict[str, Told] = {HOME: moved(HOME, f"{HOST}/a"), f"{HOST}/a": moved(f"{HOST}/a", f"{HOST}/b"), f"{HOST}/b": BODY}
    fetcher = FakeFetcher(told, response_s=6.0)
    first, _ = await run(crawler_of(fetcher), round_of(visit(HOME, kind="probe")))
    assert [ask.deadline_s for ask in fetcher.asks] == [15.0, 9.0, 3.0]
    assert isinstance(first, Sighting) and (first.requests, first.redirects, first.elapsed_s) == (3, 2, 18.0)


async def test_redirects_that_use_up_the_time_are_a_timeout_and_ask_no_more() -> None:
    told: dict[str, Told] = {HOME: moved(HOME, f"{HOST}/a"), f"{HOST}/a": moved(f"{HOST}/a", f"{HOST}/b"), f"{HOST}/b": BODY}
    fetcher = FakeFetcher(told, response_s=7.5)
    first, _ = await run(crawler_of(fetcher), round_of(visit(HOME, kind="probe")))
    assert fetcher.asked == [HOME, f"{HOST}/a"]
    assert isinstance(first, Sighting)
    assert (first.outcome, first.reason, first.redirects, first.elapsed_s) == ("timeout", "deadline", 2, 15.0)


async def test_the_time_spent_at_the_host_that_redirected_counts_at_the_next_one() -> None:
    told: dict[str, Told] = {HOME: BODY}
    fetcher = FakeFetcher(told)
    was = Progress(1, 1, 1, 1, 14.0)
    await run(crawler_of(fetcher), round_of(visit("http://old.gov.cn/", kind="probe", next_url=HOME, progress=was)))
    assert [ask.deadline_s for ask in fetcher.asks] == [1.0]
    late = Progress(1, 1, 1, 1, 15.0)
    fetcher = FakeFetcher(told)
    first, _ = await run(crawler_of(fetcher), round_of(visit("http://old.gov.cn/", kind="probe", next_url=HOME, progress=late)))
    assert isinstance(first, Sighting) and (first.outcome, first.reason, fetcher.asked) == ("timeout", "deadline", [])


@pytest.mark.parametrize(
    "trouble",
    [
        failed(HOME, "connect", "reset"),
        failed(HOME, "inconclusive", "servfail"),
        Answer(HOME, "ok", status=502, headers={}, body=b"bad gateway"),
    ],
)
async def test_a_probe_that_fails_is_not_tried_again(trouble: Answer) -> None:
    seen, fetcher = await sight({HOME: trouble}, HOME, kind="probe")
    assert (len(fetcher.asked), seen.attempts, seen.requests) == (1, 1, 1)


async def test_a_probe_asks_nothing_further_whatever_its_page_lacks() -> None:
    for url, told in ((UNDATED_URL, pages.UNDATED), (pages.JPAAS_URL, pages.JPAAS)):
        seen, fetcher = await sight({url: told}, url, kind="probe")
        assert (fetcher.asked, seen.requests) == ([url], 1)


async def test_a_redirect_to_another_host_is_handed_over_with_the_time_it_took() -> None:
    fetcher = FakeFetcher({HOME: moved(HOME, "http://b.gov.cn/")}, response_s=2.5)
    over, _ = await run(crawler_of(fetcher), round_of(visit(HOME, kind="probe")))
    assert isinstance(over, Handover) and over.progress.elapsed_s == 2.5


# ---- over the wire ----


async def test_the_phases_of_a_page_that_opens_are_recorded() -> None:
    async with serving({"/": always(page(BODY))}) as wire, crawling(p80=wire.port) as crawler:
        seen = await probe(crawler)
    assert (seen.outcome, seen.attempts, seen.requests, seen.address) == ("ok", 1, 1, "127.0.0.1")
    phases = seen.phases
    assert phases.first_byte > 0.0
    total = phases.dns + phases.connect + phases.tls + phases.first_byte + phases.body
    assert total == pytest.approx(seen.elapsed_s, abs=0.05)


ENDLESS: Mapping[str, tuple[Step, ...]] = {
    "first_byte": ("hang",),
    "body": (bare(b"<html>half a page"), "hang"),
}


@pytest.mark.parametrize("phase", ENDLESS)
async def test_a_page_that_does_not_end_is_a_timeout_at_the_deadline_whose_phase_is_told(short: None, phase: str) -> None:
    async with serving({"/": always(*ENDLESS[phase])}) as wire, crawling(p80=wire.port) as crawler:
        begun = time.monotonic()
        seen = await probe(crawler)
        took = time.monotonic() - begun
    assert (seen.outcome, seen.reason, seen.requests) == ("timeout", phase, 1)
    assert SHORT_S - 0.01 <= seen.elapsed_s <= took < SHORT_S + 1.0
    assert getattr(seen.phases, phase) >= 0.9 * SHORT_S


async def test_the_other_scheme_is_tried_once_within_the_same_time(short: None) -> None:
    async with serving({"/": always("hang")}) as wire, crawling(p80=wire.port) as crawler:
        begun = time.monotonic()
        seen = await probe(crawler, f"https://{NAME}/")
        took = time.monotonic() - begun
    assert len(wire.requests) == 1
    assert (seen.requests, seen.attempts) == (2, 1)
    assert seen.elapsed_s >= SHORT_S - 0.01 and took < SHORT_S + 1.0


async def test_a_page_that_opens_by_the_other_scheme_only_is_open() -> None:
    async with serving({"/": always(page(BODY))}) as wire, crawling(p80=wire.port) as crawler:
        seen = await probe(crawler, f"https://{NAME}/")
    assert (seen.outcome, seen.requests, seen.attempts, len(wire.requests)) == ("ok", 2, 1, 1)
    assert [flag.name for flag in seen.flags if flag.name == "other_scheme"] == ["other_scheme"]


async def test_a_redirect_within_the_host_shares_the_time_with_its_page(short: None) -> None:
    paths = {"/": always(page(b"", "Location: /b", status="302 Found")), "/b": always("hang")}
    async with serving(paths) as wire, crawling(p80=wire.port) as crawler:
        seen = await probe(crawler)
    assert [request.split(b" ", 2)[1] for request in wire.requests] == [b"/", b"/b"]
    assert (seen.outcome, seen.reason, seen.redirects) == ("timeout", "first_byte", 1)
    assert seen.elapsed_s == pytest.approx(SHORT_S, abs=0.2)
