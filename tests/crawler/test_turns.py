"""When requests of a round start: gaps, slots, the deadline and a stop, in the loop's own time."""

import asyncio
from collections.abc import Mapping
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch import Answer, Ask, Fetcher
from crawler.records import Gap, Handover, Round, RoundEnd, Sighting, Visit
from crawler.turns import Turns
from crawler.visit import Crawler
from tests.crawler.fakes import FakeFetcher, Told, failed, moved, page, visit
from tests.crawler.read import scripted_pages as pages
from tests.crawler.read.scripted_pages import HOST, UNDATED_URL
from tests.scheduler.virtual import run as in_virtual_time

URL = f"{HOST}/xwzx/gzdt/index.html"
LIST = pages.page("<ul class='list'>" + pages.ROWS.replace("/art/2026/", "/xwzx/gzdt/") + "</ul>")
NO_GAP = Gap(0.0, 0.0, 0.0)
Message = Sighting | Handover | RoundEnd


class Clocked(FakeFetcher):
    """Answers after as many seconds as it says it took. `begun` and `ended` are the loop's times."""

    async def fetch(self, ask: Ask) -> Answer:
        self.asked.append(ask.url)
        self.asks.append(ask)
        loop = asyncio.get_running_loop()
        self.begun.append(round(loop.time(), 6))
        if self.before:
            self.before(ask.url)
        await asyncio.sleep(self.response_s)
        self.ended.append(round(loop.time(), 6))
        told = self.pages[ask.url]
        assert not isinstance(told, Exception)
        answer = told if isinstance(told, Answer) else page(ask.url, told)
        return answer._replace(elapsed_s=self.response_s)


def made(
    told: Mapping[str, Told], *urls: str, response_s: float = 0.5, age_s: float = 0.0, stop_at: str = "", **fields: object
) -> tuple[list[Message], Clocked]:
    """A round over `urls`, made in virtual time that begins at 0; `stop_at`: the URL amid whose request a stop comes."""
    fetcher = Clocked(told, response_s)

    async def work() -> list[Message]:
        crawler = Crawler(cast(Fetcher, fetcher), now_ms=lambda: 1_795_312_800_000)
        fetcher.before = lambda url: crawler.stop() if url == stop_at else None
        visits = tuple(one if isinstance(one, Visit) else visit(one, n) for n, one in enumerate(urls))
        over = Round(7, "www.example.gov.cn", visits, **({"gap": NO_GAP} | fields))  # type: ignore[arg-type]
        return [message async for message in crawler.run(over, age_s)]

    return in_virtual_time(work()), fetcher


def end(messages: list[Message]) -> RoundEnd:
    last = messages[-1]
    assert isinstance(last, RoundEnd)
    return last


def columns(count: int) -> list[str]:
    return [f"{HOST}/xwzx/gzdt/index_{n}.html" for n in range(count)]


def lists(urls: list[str]) -> dict[str, Told]:
    return dict.fromkeys(urls, LIST)


# ---- slots ----


def test_each_visit_starts_at_a_slot() -> None:
    urls = columns(3)
    messages, fetcher = made(lists(urls), *urls, slots=(1.0, 3.0, 7.0))
    assert fetcher.begun == [1.0, 3.0, 7.0]
    assert end(messages) == RoundEnd(7, (), 0.5, 0.0, 3)


def test_without_slots_only_the_gap_counts() -> None:
    urls = columns(3)
    messages, fetcher = made(lists(urls), *urls, gap=Gap(2.0, 0.0, 9.0))
    assert fetcher.begun == [0.0, 1.5, 3.0]
    assert end(messages).slots_used == 0


def test_a_slot_that_comes_before_the_gap_is_over_is_passed_over() -> None:
    urls = columns(2)
    messages, fetcher = made(lists(urls), *urls, slots=(0.0, 1.0, 2.0, 4.0), gap=Gap(0.0, 2.0, 2.0))
    assert fetcher.begun == [0.0, 4.0]
    assert end(messages).slots_used == 4


def test_a_slot_may_be_used_late_but_not_later_than_the_slack() -> None:
    urls = columns(2)
    _, fetcher = made(lists(urls), *urls, slots=(0.0, 0.35, 5.0), slot_slack_s=0.2)
    assert fetcher.begun == [0.0, 0.5]
    _, fetcher = made(lists(urls), *urls, slots=(0.0, 0.25, 5.0), slot_slack_s=0.2)
    assert fetcher.begun == [0.0, 5.0]


def test_visits_that_find_no_slot_are_left() -> None:
    urls = columns(3)
    messages, fetcher = made(lists(urls), *urls, slots=(0.0, 2.0))
    assert len(fetcher.asked) == 2
    assert end(messages) == RoundEnd(7, (2,), 0.5, 0.0, 2)


def test_slots_that_were_not_needed_are_free_for_others() -> None:
    urls = columns(1)
    messages, _ = made(lists(urls), *urls, slots=(0.0, 2.0, 4.0))
    assert end(messages).slots_used == 1


def test_slots_that_went_by_while_a_page_was_slow_are_used_up() -> None:
    urls = columns(1)
    messages, _ = made(lists(urls), *urls, slots=(0.0, 2.0, 4.0, 9.0), response_s=5.0)
    assert end(messages).slots_used == 3


def test_redirects_and_further_requests_take_slots_too() -> None:
    hop = f"{HOST}/a"
    _, fetcher = made({hop: moved(hop, URL), URL: LIST}, hop, slots=(0.0, 2.0))
    assert fetcher.begun == [0.0, 2.0]
    told: dict[str, Told] = {UNDATED_URL: pages.UNDATED}
    told |= {f"{HOST}/xwzx/gzdt/{n}.html": pages.article(pages.TITLES[n], "2026-11-20 10:00") for n in range(3)}
    _, fetcher = made(told, UNDATED_URL, slots=(0.0, 2.0, 4.0))
    assert fetcher.begun[:3] == [0.0, 2.0, 4.0]


def test_a_second_try_takes_a_slot_and_keeps_the_gap() -> None:
    told: dict[str, Told] = {URL: failed(URL, "connect", "reset")}
    _, fetcher = made(told, URL, slots=(0.0, 1.0, 8.0), gap=Gap(0.0, 3.0, 3.0))
    assert fetcher.begun == [0.0, 8.0]
    _, fetcher = made(told, URL, gap=Gap(0.0, 3.0, 3.0))
    assert fetcher.begun == [0.0, 3.5]


def test_a_visit_under_way_that_finds_no_slot_goes_on_after_the_gap() -> None:
    hop = f"{HOST}/a"
    messages, fetcher = made({hop: moved(hop, URL), URL: LIST}, hop, URL, slots=(0.0,), gap=Gap(0.0, 1.0, 1.0))
    assert fetcher.begun == [0.0, 1.5]
    assert end(messages).left == (1,)


def test_a_round_that_waited_for_its_crawler_uses_only_the_slots_that_are_left() -> None:
    urls = columns(3)
    messages, fetcher = made(lists(urls), *urls, slots=(0.0, 2.0, 4.0), age_s=1.5)
    assert fetcher.begun == [0.5, 2.5]
    assert end(messages).left == (2,)


@given(
    slots=st.lists(st.floats(0, 70), max_size=12).map(lambda s: tuple(sorted(s))),
    count=st.integers(1, 8),
    response_s=st.floats(0, 8),
    least_s=st.floats(0, 6),
    age_s=st.floats(0, 80),
)
def test_whatever_comes_no_gap_is_undercut_no_slot_missed_no_deadline_passed(
    slots: tuple[float, ...], count: int, response_s: float, least_s: float, age_s: float
) -> None:
    urls = columns(count)
    gap = Gap(1.0, least_s, 9.0)
    messages, fetcher = made(lists(urls), *urls, response_s=response_s, slots=slots, gap=gap, age_s=age_s)
    starts = [begun + age_s for begun in fetcher.begun]
    assert all(start <= 60.0 + 1e-5 for start in starts)
    pairs = zip(fetcher.ended, fetcher.begun[1:], strict=False)
    assert all(start - ended >= gap.after(response_s) - 1e-5 for ended, start in pairs)
    if slots:
        near = [sum(-1e-5 <= start - slot <= 0.2 + 1e-5 for slot in slots) for start in starts]
        assert all(near) and len(starts) <= len(slots)
    seen = [m.number for m in messages if isinstance(m, Sighting)]
    assert [*seen, *end(messages).left] == list(range(count))


# ---- the deadline ----


def test_no_second_try_starts_after_the_deadline() -> None:
    told: dict[str, Told] = {URL: failed(URL, "connect", "reset")}
    messages, fetcher = made(told, URL, deadline_s=0.9)
    assert len(fetcher.asked) == 1
    seen = messages[0]
    assert isinstance(seen, Sighting) and (seen.outcome, seen.reason, seen.attempts) == ("connect", "reset", 1)


def test_a_redirect_past_the_deadline_goes_on_in_the_next_round_where_it_was() -> None:
    hop = f"{HOST}/a"
    told: dict[str, Told] = {hop: moved(hop, URL), URL: LIST}
    messages, fetcher = made(told, hop, URL, deadline_s=2.0, gap=Gap(0.0, 3.0, 3.0))
    assert fetcher.asked == [hop]
    over = messages[0]
    assert isinstance(over, Handover) and (over.url, over.progress.hops, over.progress.requests) == (URL, 1, 1)
    assert end(messages).left == (1,)


def test_a_round_that_comes_too_late_is_left_whole() -> None:
    messages, fetcher = made({URL: LIST}, URL, age_s=60.5)
    assert (fetcher.asked, end(messages).left) == ([], (0,))


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_is_overloaded_is_left_alone_for_the_longest_gap_where_it_does_not_say_how_long(status: int) -> None:
    busy = Answer(URL, "ok", status=status, headers={}, body=b"busy")
    messages, fetcher = made({URL: busy}, URL, f"{URL}?2", gap=Gap(1.0, 1.0, 9.0))
    assert len(fetcher.asked) == 1
    assert end(messages) == RoundEnd(7, (1,), 0.5, 9.0)
    messages, _ = made({URL: busy._replace(retry_after_s=30.0)}, URL, gap=Gap(1.0, 1.0, 9.0))
    assert end(messages).retry_after_s == 30.0


# ---- a stop ----


def test_a_stop_between_redirects_leaves_the_visit() -> None:
    hop = f"{HOST}/a"
    messages, fetcher = made({hop: moved(hop, URL), URL: LIST}, hop, URL, stop_at=hop)
    assert fetcher.asked == [hop]
    assert messages == [RoundEnd(7, (0, 1), 0.5, 0.0)]


def test_a_stop_amid_further_requests_leaves_the_visit_without_a_word() -> None:
    article = f"{HOST}/xwzx/gzdt/0.html"
    told: dict[str, Told] = {UNDATED_URL: pages.UNDATED, article: pages.article(pages.TITLES[0], "2026-11-12 10:00")}
    messages, fetcher = made(told, UNDATED_URL, URL, stop_at=article)
    assert fetcher.asked == [UNDATED_URL, article]
    assert messages == [RoundEnd(7, (0, 1), 0.5, 0.0)]


def test_a_stop_before_a_second_try_leaves_the_visit() -> None:
    messages, fetcher = made({URL: failed(URL, "connect", "reset")}, URL, stop_at=URL)
    assert (len(fetcher.asked), messages) == (1, [RoundEnd(7, (0,), 0.5, 0.0)])


def test_a_page_that_comes_after_the_stop_is_seen_all_the_same() -> None:
    messages, _ = made({URL: LIST}, URL, f"{URL}?2", stop_at=URL)
    assert isinstance(messages[0], Sighting) and messages[0].outcome == "ok"
    assert end(messages).left == (1,)


# ---- turns by themselves ----


def test_a_slower_pace_never_makes_a_gap_shorter() -> None:
    async def work() -> list[float]:
        turns = Turns(Round(1, "h", (), Gap(0.0, 2.0, 2.0)), 0.0, asyncio.Event())
        starts = []
        for delay in (1.0, 5.0):
            turns.slower(delay)
            turns.answered(Answer(URL, "ok", status=200, elapsed_s=0.1))
            before = asyncio.get_running_loop().time()
            assert await turns.next() == "go"
            starts.append(asyncio.get_running_loop().time() - before)
        return starts

    assert in_virtual_time(work()) == pytest.approx([2.0, 5.0])
