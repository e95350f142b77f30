"""robots.txt: what it allows, how long it is believed, and what it does to a round."""

import asyncio
import time
from collections.abc import Mapping
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch import Answer, Fetcher, FetchSettings
from crawler.outcomes import valid_reason
from crawler.records import Gap, Handover, Kind, Round, RoundEnd, Sighting
from crawler.robots import DAY_S, HOUR_S, Robots, question, rules_of
from crawler.visit import Crawler
from tests.crawler.fakes import HOST as NAME
from tests.crawler.fakes import FakeFetcher, Told, failed, moved, page, run, visit
from tests.crawler.fetch.wire import always, fetching, serving
from tests.crawler.fetch.wire import page as wire_page
from tests.crawler.read import scripted_pages as pages
from tests.crawler.read.scripted_pages import HOST, UNDATED_URL

ROBOTS = f"{HOST}/robots.txt"
URL = f"{HOST}/xwzx/gzdt/index.html"
LIST = pages.page("<ul class='list'>" + pages.ROWS.replace("/art/2026/", "/xwzx/gzdt/") + "</ul>")
CLOSED = "User-agent: *\nDisallow: /xwzx/\n"


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def text(body: str | bytes, **fields: object) -> Answer:
    return page(ROBOTS, body, **fields)


def status(code: int) -> Answer:
    return Answer(ROBOTS, "ok", status=code, headers={}, body=b"User-agent: *\nDisallow: /\n")


# ---- what it says ----


@pytest.mark.parametrize(
    ("body", "path", "allowed"),
    [
        ("", "/a", True),
        (CLOSED, "/xwzx/a.html", False),
        (CLOSED, "/tzgg/a.html", True),
        ("User-agent: xunwang\nDisallow: /\n\nUser-agent: *\nAllow: /\n", "/a", False),
        ("User-agent: xunwang\nAllow: /\n\nUser-agent: *\nDisallow: /\n", "/a", True),
        ("User-agent: Baiduspider\nDisallow: /\n", "/a", True),
        ("User-agent: Baiduspider\nUser-agent: *\nDisallow: /a\n", "/a", False),
        ("User-agent: *\nDisallow: /*.aspx$\nAllow: /list.aspx\n", "/x/1.aspx", False),
        ("User-agent: *\nDisallow: /*.aspx$\n", "/x/1.aspx?id=1", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b\n", "/a/b/c", True),
        ("User-agent: *\nDisallow:\n", "/a", True),
        ("\ufeffUser-agent: *\nDisallow: /\n", "/a", False),
        ("User-agent: *\rDisallow: /\r", "/a", False),
        ("# 只许看首页\nuser-agent:*\ndisallow:/动态/\n", "/%E5%8A%A8%E6%80%81/1.html", False),
        ("<!DOCTYPE html><html><body>首页 User-agent: * Disallow: /</body></html>", "/a", True),
    ],
)
def test_the_rules_for_us_are_followed(body: str, path: str, allowed: bool) -> None:
    rules = Robots().learn(NAME, text(body.encode()))
    assert rules.allow(HOST + path) is allowed


def test_a_file_saved_as_utf_16_is_read() -> None:
    assert not Robots().learn(NAME, text(CLOSED.encode("utf-16"))).allow(URL)


@pytest.mark.parametrize(
    ("line", "delay_s"),
    [
        ("Crawl-delay: 5", 5.0),
        ("Crawl-delay: 0.5", 0.5),
        ("Crawl-delay: 86400", 10.0),
        ("Crawl-delay: inf", 0.0),
        ("Crawl-delay: -3", 0.0),
        ("Crawl-delay: 十秒", 0.0),
        ("", 0.0),
    ],
)
def test_a_crawl_delay_is_kept_up_to_the_cap(line: str, delay_s: float) -> None:
    assert rules_of(f"User-agent: *\n{line}\n", 10.0).delay_s == delay_s


@pytest.mark.parametrize(
    ("answer", "keep_s", "allowed"),
    [
        (text(CLOSED), DAY_S, False),
        (text(CLOSED, partial=True, outcome="too_large", reason="body"), DAY_S, False),
        (text(CLOSED, partial=True, outcome="timeout", reason="body"), HOUR_S, False),
        (status(404), DAY_S, True),
        (status(403), DAY_S, True),
        (status(429), HOUR_S, True),
        (status(500), HOUR_S, True),
        (status(503), HOUR_S, True),
        (moved(ROBOTS, "http://elsewhere.gov.cn/robots.txt"), DAY_S, True),
        (failed(ROBOTS, "timeout", "first_byte"), HOUR_S, True),
        (failed(ROBOTS, "dns", "nxdomain"), HOUR_S, True),
    ],
)
def test_each_answer_is_believed_for_its_time(answer: Answer, keep_s: float, allowed: bool) -> None:
    clock = Clock()
    robots = Robots(clock=clock)
    assert robots.of(NAME) is None
    assert robots.learn(NAME, answer).allow(URL) is allowed
    clock.now += keep_s
    assert robots.of(NAME) is not None
    clock.now += 1.0
    assert robots.of(NAME) is None and len(robots) == 0


def test_half_a_rule_at_the_cut_is_no_rule() -> None:
    cut = text("User-agent: *\nDisallow: /tzgg/\nDisallow: /", partial=True, outcome="too_large", reason="body")
    rules = Robots().learn(NAME, cut)
    assert rules.allow(URL) and not rules.allow(f"{HOST}/tzgg/")


async def test_no_more_than_500_kb_of_it_are_read() -> None:
    lines = b"User-agent: *\nDisallow: /xwzx/\n" + b"# filler\n" * 70_000 + b"Disallow: /tzgg/\n"
    async with serving({"/robots.txt": always(wire_page(lines))}) as wire, fetching({"80": wire.port}) as fetcher:
        answer = await fetcher.fetch(question(URL))
    assert (answer.outcome, len(answer.body)) == ("too_large", 500 * 1024)
    rules = Robots().learn(NAME, answer)
    assert not rules.allow(URL) and rules.allow(f"{HOST}/tzgg/")


# ---- what it costs ----


def test_the_hosts_that_were_not_needed_for_longest_are_forgotten_first() -> None:
    robots = Robots(most_hosts=2)
    robots.learn("a", text(CLOSED))
    robots.learn("b", text(CLOSED))
    assert robots.of("a") is not None
    robots.learn("c", text(CLOSED))
    assert [robots.of(host) is not None for host in "abc"] == [True, False, True]


def test_large_files_are_forgotten_before_they_fill_the_memory() -> None:
    robots = Robots(most_lines=3 * CLOSED.count("\n"))
    for host in "abcdef":
        robots.learn(host, text(CLOSED))
    assert len(robots) == 3
    robots.learn("g", text("#\n" * 1_000))
    assert len(robots) == 1 and robots.of("g") is not None


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"User-agent: robot{n}\n" for n in range(15_000)) + "Disallow: /x*y\n" * 15_000,
        "User-agent: *\nDisallow: /" + "*a" * 100_000 + "\n",
        "User-agent: *\n" + "".join(f"Disallow: /a{n}*b\n" for n in range(25_000)),
        "User-agent: *\n" * 35_000 + "Disallow: /\n" * 3_000,
    ],
)
def test_a_file_made_to_be_slow_is_not(body: str) -> None:
    begun = time.process_time()
    rules_of(body[: 500 * 1024], 10.0).allow(HOST + "/" + "a" * 4_000)
    assert time.process_time() - begun < 2.0


@given(st.binary(max_size=400), st.sampled_from([200, 301, 404, 503]))
def test_whatever_the_file_holds_something_is_decided(body: bytes, code: int) -> None:
    rules = Robots().learn(NAME, Answer(ROBOTS, "ok", status=code, headers={}, body=body))
    assert rules.allow(URL) in (True, False) and 0.0 <= rules.delay_s <= 10.0


# ---- what it does to a round ----


def crawler(told: Mapping[str, Told]) -> tuple[Crawler, FakeFetcher]:
    fetcher = FakeFetcher(told)
    return Crawler(cast(Fetcher, fetcher), lambda: 1_795_312_800_000, Robots()), fetcher


def a_round(*urls: str, kind: Kind = "column", **fields: object) -> Round:
    visits = tuple(visit(url, n, kind) for n, url in enumerate(urls))
    return Round(7, NAME, visits, **({"gap": Gap(0.0, 0.0, 0.0)} | fields))  # type: ignore[arg-type]


def seen_by(messages: list[Sighting | Handover | RoundEnd]) -> list[Sighting]:
    return [message for message in messages if isinstance(message, Sighting)]


async def test_the_file_is_asked_once_by_the_first_visit_that_needs_it() -> None:
    told: dict[str, Told] = {ROBOTS: "User-agent: *\nDisallow: /none/", URL: LIST, f"{URL}?2": LIST}
    made, fetcher = crawler(told)
    first, second = seen_by(await run(made, a_round(URL, f"{URL}?2")))
    assert fetcher.asked == [ROBOTS, URL, f"{URL}?2"]
    assert (first.outcome, first.requests, first.attempts) == ("ok", 2, 1)
    assert (second.outcome, second.requests) == ("ok", 1)
    await run(made, a_round(URL))
    assert fetcher.asked.count(ROBOTS) == 1


async def test_a_page_that_is_not_wanted_is_not_asked() -> None:
    made, fetcher = crawler({ROBOTS: CLOSED, URL: LIST, f"{URL}?2": LIST})
    first, second = seen_by(await run(made, a_round(URL, f"{URL}?2")))
    assert fetcher.asked == [ROBOTS]
    assert [(s.outcome, s.reason, s.attempts, s.requests) for s in (first, second)] == [
        ("inconclusive", "robots", 0, 1),
        ("inconclusive", "robots", 0, 0),
    ]
    assert valid_reason("inconclusive", "robots") and second.final_url is None


async def test_a_page_that_is_not_wanted_takes_no_slot() -> None:
    made, fetcher = crawler({ROBOTS: CLOSED, f"{HOST}/tzgg/": LIST})
    await run(made, a_round(URL))
    messages = await run(made, a_round(URL, URL, f"{HOST}/tzgg/", slots=(0.0, 30.0)))
    assert [s.outcome for s in seen_by(messages)] == ["inconclusive", "inconclusive", "ok"]
    assert fetcher.asked == [ROBOTS, f"{HOST}/tzgg/"]
    assert messages[-1].slots_used == 1  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["home", "probe"])
async def test_home_pages_and_probes_are_never_kept_away(kind: Kind) -> None:
    made, fetcher = crawler({ROBOTS: "User-agent: *\nDisallow: /", URL: LIST})
    (seen,) = seen_by(await run(made, a_round(URL, kind=kind)))
    assert (seen.outcome, seen.requests, fetcher.asked) == ("ok", 1, [URL])


async def test_a_redirect_to_a_page_that_is_not_wanted_ends_there() -> None:
    made, fetcher = crawler({ROBOTS: CLOSED, f"{HOST}/a": moved(f"{HOST}/a", URL), URL: LIST})
    (seen,) = seen_by(await run(made, a_round(f"{HOST}/a")))
    assert fetcher.asked == [ROBOTS, f"{HOST}/a"]
    assert (seen.outcome, seen.reason, seen.attempts, seen.requests, seen.redirects) == ("inconclusive", "robots", 1, 2, 1)


async def test_articles_that_are_not_wanted_are_not_followed() -> None:
    told: dict[str, Told] = {ROBOTS: "User-agent: *\nDisallow: /xwzx/gzdt/0.html", UNDATED_URL: pages.UNDATED}
    made, fetcher = crawler(told)
    (seen,) = seen_by(await run(made, a_round(UNDATED_URL)))
    assert fetcher.asked == [ROBOTS, UNDATED_URL]
    assert seen.reading is not None and seen.reading.state == "unknown"
    assert any("robots" in flag.evidence for flag in seen.flags)


async def test_a_file_that_moved_within_its_host_is_followed_and_one_that_moved_away_is_none() -> None:
    there = f"{HOST}/static/robots.txt"
    made, fetcher = crawler({ROBOTS: moved(ROBOTS, there), there: CLOSED, URL: LIST})
    (seen,) = seen_by(await run(made, a_round(URL)))
    assert (seen.reason, seen.requests, fetcher.asked) == ("robots", 2, [ROBOTS, there])
    made, fetcher = crawler({ROBOTS: moved(ROBOTS, "http://b.gov.cn/robots.txt"), URL: LIST})
    (seen,) = seen_by(await run(made, a_round(URL)))
    assert (seen.outcome, fetcher.asked) == ("ok", [ROBOTS, URL])


async def test_a_file_that_only_leads_in_circles_allows_everything() -> None:
    made, fetcher = crawler({ROBOTS: moved(ROBOTS, ROBOTS), URL: LIST})
    (seen,) = seen_by(await run(made, a_round(URL)))
    assert (seen.outcome, fetcher.asked.count(ROBOTS)) == ("ok", 6)


async def test_a_crawl_delay_widens_the_gap_within_the_round_and_after_it() -> None:
    made, fetcher = crawler({ROBOTS: "User-agent: *\nCrawl-delay: 0.05", URL: LIST, f"{URL}?2": LIST})
    messages = await run(made, a_round(URL, f"{URL}?2"))
    gaps = [start - end for end, start in zip(fetcher.ended, fetcher.begun[1:], strict=False)]
    assert len(gaps) == 2 and min(gaps) >= 0.049
    assert messages[-1].retry_after_s == 0.05  # type: ignore[union-attr]
    await run(made, a_round(URL, f"{URL}?2"))
    assert fetcher.begun[-1] - fetcher.ended[-2] >= 0.049


async def test_a_host_that_wants_to_be_left_alone_at_its_robots_txt_is_left_alone() -> None:
    busy = Answer(ROBOTS, "ok", status=503, headers={}, retry_after_s=30.0)
    made, fetcher = crawler({ROBOTS: busy, URL: LIST})
    over, end = await run(made, a_round(URL, f"{URL}?2"))
    assert isinstance(over, Handover) and (over.url, over.progress.requests, over.progress.attempts) == (URL, 1, 0)
    assert end == RoundEnd(7, (1,), 0.0, 30.0)
    going_on = Round(8, NAME, (visit(URL, 0, progress=over.progress, next_url=over.url),), Gap(0.0, 0.0, 0.0))
    (seen,) = seen_by(await run(made, going_on))
    assert (seen.outcome, seen.requests, seen.attempts, fetcher.asked) == ("ok", 2, 1, [ROBOTS, URL])


async def test_a_file_behind_a_redirect_that_cannot_be_followed_now_holds_nothing_up() -> None:
    later = moved(ROBOTS, f"{HOST}/static/robots.txt")._replace(retry_after_s=30.0)
    made, fetcher = crawler({ROBOTS: later, URL: LIST})
    over, _ = await run(made, a_round(URL))
    assert isinstance(over, Handover)
    going_on = Round(8, NAME, (visit(URL, 0, progress=over.progress, next_url=over.url),), Gap(0.0, 0.0, 0.0))
    (seen,) = seen_by(await run(made, going_on))
    assert (seen.outcome, fetcher.asked) == ("ok", [ROBOTS, URL])


async def test_a_stop_after_the_file_leaves_the_visit() -> None:
    made, fetcher = crawler({ROBOTS: "", URL: LIST})
    fetcher.before = lambda url: made.stop()
    assert await run(made, a_round(URL)) == [RoundEnd(7, (0,), 0.0, 0.0)]
    assert fetcher.asked == [ROBOTS]


async def test_the_setting_decides_whether_it_is_asked() -> None:
    paths = {"/robots.txt": always(wire_page(CLOSED.encode())), "/xwzx/": always(wire_page(LIST.encode()))}
    outcomes = []
    async with serving(paths) as wire:
        for robots in (False, True):
            hosts = {NAME: {"80": ("127.0.0.1", wire.port)}}
            made = Crawler.of(FetchSettings(allow=("127.0.0.0/8",), hosts=hosts, robots=robots))
            await made.open()
            try:
                (seen,) = seen_by(await asyncio.wait_for(run(made, a_round(f"http://{NAME}/xwzx/")), 10))
            finally:
                await made.close()
            outcomes.append((seen.outcome, seen.reason, seen.requests))
    assert outcomes == [("ok", None, 1), ("inconclusive", "robots", 1)]
