"""Rounds over a fetcher without network: what each visit asks, in what order and when, and what it ends in."""

import asyncio
import logging

import pytest

from crawler.fetch import Answer
from crawler.records import Gap, Handover, Memory, Progress, Reading, RoundEnd, Sighting
from crawler.visit import digest_of
from tests.crawler.fakes import FakeFetcher, Told, crawler_of, failed, moved, page, round_of, run, sight, visit
from tests.crawler.read import scripted_pages as pages
from tests.crawler.read.scripted_pages import HOST, UNDATED_URL

URL = f"{HOST}/xwzx/gzdt/index.html"
LIST = pages.page("<ul class='list'>" + pages.ROWS.replace("/art/2026/", "/xwzx/gzdt/") + "</ul>")


def flags(sighting: Sighting) -> dict[str, str]:
    return {flag.name: flag.evidence for flag in sighting.flags}


def reading(sighting: Sighting) -> Reading:
    assert sighting.reading is not None
    return sighting.reading


def followed(*times: str | None) -> dict[str, Told]:
    """A list without dates and its first articles."""
    told: dict[str, Told] = {UNDATED_URL: pages.UNDATED}
    told.update({f"{HOST}/xwzx/gzdt/{n}.html": pages.article(pages.TITLES[n], time) for n, time in enumerate(times)})
    return told


# ---- rounds ----


async def test_a_page_that_reads_fine_costs_one_request_and_keeps_its_digest() -> None:
    seen, fetcher = await sight({URL: LIST}, URL)
    assert fetcher.asked == [URL]
    assert (seen.outcome, reading(seen).newest, seen.requests) == ("ok", "2026-11-20", 1)
    assert seen.digest == digest_of(LIST.encode()) and seen.etag == '"e1"'


async def test_a_round_ends_with_one_message_after_all_its_sightings() -> None:
    urls = [f"{HOST}/xwzx/gzdt/index_{n}.html" for n in range(3)]
    fetcher = FakeFetcher(dict.fromkeys(urls, LIST), response_s=0.2)
    messages = await run(crawler_of(fetcher), round_of(*(visit(url, n) for n, url in enumerate(urls))))
    assert [m.number for m in messages if isinstance(m, Sighting)] == [0, 1, 2]
    assert messages[-1] == RoundEnd(7, (), 0.2, 0.0)


async def test_requests_keep_the_gap_between_the_end_of_one_and_the_start_of_the_next() -> None:
    fetcher = FakeFetcher(followed("2026-11-20 10:00", "2026-11-18 10:00", "2026-11-17 10:00"))
    await run(crawler_of(fetcher), round_of(visit(UNDATED_URL), gap=Gap(0.0, 0.02, 0.02)))
    assert len(fetcher.asked) == 4
    assert all(start - end >= 0.019 for end, start in zip(fetcher.ended, fetcher.begun[1:], strict=False))


async def test_no_visit_begins_after_the_rounds_deadline() -> None:
    fetcher = FakeFetcher({URL: LIST})
    messages = await run(crawler_of(fetcher), round_of(visit(URL, 0), visit(URL, 1), gap=Gap(0, 5, 5), deadline_s=0.5))
    assert isinstance(messages[0], Sighting) and messages[1] == RoundEnd(7, (1,), 0.0, 0.0)


async def test_a_host_that_asks_to_be_left_alone_ends_the_round() -> None:
    busy = Answer(URL, "ok", status=429, headers={}, body=b"slow down", retry_after_s=30.0)
    messages = await run(crawler_of(FakeFetcher({URL: busy})), round_of(visit(URL, 0), visit(URL, 1)))
    assert messages[-1] == RoundEnd(7, (1,), 0.0, 30.0)


async def test_a_stopped_crawler_begins_no_visit() -> None:
    fetcher = FakeFetcher({URL: LIST})
    crawler = crawler_of(fetcher)
    crawler.stop()
    assert await run(crawler, round_of(visit(URL, 0))) == [RoundEnd(7, (0,), 0.0, 0.0)]
    assert fetcher.asked == []


async def test_a_stop_ends_a_long_gap_at_once() -> None:
    fetcher = FakeFetcher({URL: LIST})
    crawler = crawler_of(fetcher)
    asyncio.get_running_loop().call_later(0.02, crawler.stop)
    messages = await asyncio.wait_for(run(crawler, round_of(visit(URL, 0), visit(URL, 1), gap=Gap(0, 30, 30))), 5)
    assert messages[-1] == RoundEnd(7, (1,), 0.0, 0.0)


async def test_a_crash_is_one_internal_sighting_and_the_round_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    fetcher = FakeFetcher({URL: ZeroDivisionError("x"), f"{URL}?2": LIST})
    with caplog.at_level(logging.CRITICAL, "crawler.visit"):
        first, second, _ = await run(crawler_of(fetcher), round_of(visit(URL, 0), visit(f"{URL}?2", 1)))
    assert isinstance(first, Sighting) and (first.outcome, first.reason) == ("internal", "crash")
    assert isinstance(second, Sighting) and second.outcome == "ok"


async def test_a_failure_that_is_often_gone_is_tried_twice_but_never_a_probes() -> None:
    reset = failed(URL, "connect", "reset")
    seen, fetcher = await sight({URL: reset}, URL)
    assert (seen.outcome, seen.attempts, seen.requests, len(fetcher.asked)) == ("connect", 2, 2, 2)
    seen, fetcher = await sight({URL: reset}, URL, kind="probe")
    assert (seen.attempts, len(fetcher.asked)) == (1, 1)


# ---- what is known already ----


async def test_a_page_that_is_the_same_byte_for_byte_is_unchanged() -> None:
    seen, fetcher = await sight({URL: LIST}, URL, Memory(digest_of(LIST.encode()), '"e1"', None))
    assert seen.unchanged and seen.reading is None
    assert fetcher.asks[0].etag == '"e1"'


async def test_a_page_that_is_not_modified_is_unchanged() -> None:
    answer = Answer(URL, "ok", status=304, headers={}, not_modified=True, etag='"e1"')
    seen, _ = await sight({URL: answer}, URL, Memory("d" * 32, '"e1"', None))
    assert seen.unchanged and seen.digest == "d" * 32


async def test_a_page_that_was_cut_is_never_unchanged() -> None:
    seen, _ = await sight({URL: page(URL, LIST, partial=True)}, URL, Memory(digest_of(LIST.encode())))
    assert not seen.unchanged and seen.reading is not None


# ---- redirects ----


async def test_a_redirect_on_the_same_host_is_one_more_request() -> None:
    seen, fetcher = await sight({f"{HOST}/a": moved(f"{HOST}/a", URL), URL: LIST}, f"{HOST}/a")
    assert fetcher.asked == [f"{HOST}/a", URL]
    assert (seen.redirects, seen.requests, seen.final_url, reading(seen).newest) == (1, 2, URL, "2026-11-20")


async def test_a_redirect_to_another_host_is_handed_over_with_what_was_done() -> None:
    fetcher = FakeFetcher({f"{HOST}/a": moved(f"{HOST}/a", URL), URL: moved(URL, "http://b.gov.cn/")}, response_s=0.5)
    over, _ = await run(crawler_of(fetcher), round_of(visit(f"{HOST}/a")))
    assert over == Handover(7, 0, "http://b.gov.cn/", Progress(1_795_312_800_000, 2, 2, 1, 1.0))


async def test_a_visit_that_was_handed_over_goes_on_where_it_was() -> None:
    was = Progress(1_795_312_700_000, 2, 3, 1, 1.5)
    seen, fetcher = await sight({URL: LIST}, "http://old.gov.cn/", next_url=URL, progress=was)
    assert fetcher.asked == [URL]
    assert (seen.redirects, seen.requests, seen.at_ms, seen.elapsed_s) == (2, 4, 1_795_312_700_000, 1.5)
    assert "foreign_host" in flags(seen)


async def test_a_loop_and_one_hop_too_many_end_the_visit() -> None:
    loop = {URL: moved(URL, f"{URL}?1"), f"{URL}?1": moved(f"{URL}?1", URL)}
    seen, _ = await sight(loop, URL)
    assert (seen.outcome, seen.reason, seen.redirects) == ("redirected", "loop", 2)
    far: dict[str, Told] = {f"{URL}?{n}": moved(f"{URL}?{n}", f"{URL}?{n + 1}") for n in range(9)}
    seen, fetcher = await sight(far, f"{URL}?0")
    assert (seen.outcome, seen.reason, len(fetcher.asked)) == ("redirected", "too_many", 6)


async def test_a_deadline_is_for_the_whole_way_to_the_page() -> None:
    fetcher = FakeFetcher({f"{HOST}/a": moved(f"{HOST}/a", URL), URL: LIST}, response_s=4.0)
    await run(crawler_of(fetcher), round_of(visit(f"{HOST}/a")))
    assert [ask.deadline_s for ask in fetcher.asks] == [30.0, 26.0]
