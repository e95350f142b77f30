"""Rounds that go to a bridge: one request per visit, by the bridge's settings, and nothing of them in what comes back."""

import asyncio
import logging
from typing import cast

import msgspec
import pytest

from crawler.accounts.bridgesettings import PREFIX, Bridges, BridgeSettings
from crawler.fetch import Answer, Fetcher
from crawler.records import Gap, Round, RoundEnd, Sighting, Visit
from crawler.visit import Crawler
from tests.crawler.fakes import FakeFetcher, Told, page, run

BASE = "http://10.1.2.3:1200"
TOKEN = "s3cret-t0ken"
NOW_MS = 1_795_312_800_000  # 2026-11-22 18:00 +08:00
FEED_URL = f"{BASE}/feeds/MP_WXS_7.rss?limit=30"
ITEM = "<item><title>关于开展{0}的通告</title><link>https://mp.weixin.qq.com/s/{0}</link><pubDate>{1}</pubDate></item>"


def feed(*dates: str) -> str:
    items = "".join(ITEM.format(number, date) for number, date in enumerate(dates))
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>某县发布</title>{items}</channel></rss>"


FRESH = feed("Sat, 21 Nov 2026 02:00:00 GMT", "Thu, 19 Nov 2026 02:00:00 GMT")
READING = BridgeSettings("reading", "wewe-rss", BASE, TOKEN, token_place="bearer", accounts={"WX1": {"id": "MP_WXS_7"}})


async def sent(pages: dict[str, Told], *visits: Visit, host: str = "reading") -> tuple[list[Sighting], RoundEnd, FakeFetcher]:
    public, bridge = FakeFetcher({}), FakeFetcher(pages)
    crawler = Crawler(cast(Fetcher, public), lambda: NOW_MS, bridges=(Bridges([READING]), cast(Fetcher, bridge)))
    *seen, end = await run(crawler, Round(7, PREFIX + host, visits, Gap(0.0, 0.0, 0.0)))
    assert public.asked == [] and isinstance(end, RoundEnd)
    return [sighting for sighting in seen if isinstance(sighting, Sighting)], end, bridge


def visit(code: str = "WX1", number: int = 0) -> Visit:
    return Visit(number, "account", code, "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv", NOW_MS, platform="微信订阅号")


def flags(sighting: Sighting) -> dict[str, str]:
    return {flag.name: flag.evidence for flag in sighting.flags}


async def test_an_account_is_asked_of_its_bridge_once_and_with_the_token() -> None:
    (seen,), _, fetcher = await sent({FEED_URL: FRESH}, visit())
    assert [(ask.url, ask.headers) for ask in fetcher.asks] == [(FEED_URL, (("Authorization", f"Bearer {TOKEN}"),))]
    assert seen.reading is not None
    assert (seen.outcome, seen.reading.newest, seen.observed_by) == ("ok", "2026-11-21T10:00:00+08:00", "bridge_feed")
    assert (seen.requests, seen.attempts, seen.status) == (1, 1, 200)


async def test_what_comes_back_bears_a_label_in_place_of_the_address_and_no_validators() -> None:
    (seen,), _, _ = await sent({FEED_URL: page(FEED_URL, FRESH, address="10.1.2.3")}, visit())
    assert (seen.final_url, seen.address, seen.etag, seen.digest) == ("wewe-rss:/feeds/{id}.rss", None, None, None)
    assert b"10.1.2.3" not in msgspec.msgpack.encode(seen) and TOKEN.encode() not in msgspec.msgpack.encode(seen)


async def test_a_redirect_of_a_bridge_is_not_followed_and_makes_it_sick() -> None:
    away = Answer(FEED_URL, "ok", status=302, headers={"Location": f"{BASE}/login"}, location=f"{BASE}/login")
    (seen,), _, fetcher = await sent({FEED_URL: away}, visit())
    assert fetcher.asked == [FEED_URL]
    assert (seen.outcome, seen.reason, flags(seen)["bridge_error"]) == ("inconclusive", "bridge_sick", "moved")


@pytest.mark.parametrize("outcome, reason", [("connect", "refused"), ("timeout", "first_byte"), ("dns", "nxdomain")])
async def test_a_bridge_that_does_not_answer_is_sick_and_says_how(outcome: str, reason: str) -> None:
    (seen,), _, _ = await sent({FEED_URL: Answer(FEED_URL, outcome, reason)}, visit())  # type: ignore[arg-type]
    assert (seen.outcome, seen.reason) == ("inconclusive", "bridge_sick")
    assert flags(seen) == {"bridge_error": "no_answer", "bridge": "reading", "bridge_request": f"{outcome}/{reason}"}


async def test_half_a_feed_proves_nothing() -> None:
    (seen,), _, _ = await sent({FEED_URL: page(FEED_URL, FRESH[:300], partial=True)}, visit())
    assert (seen.reason, flags(seen)["bridge_error"]) == ("bridge_sick", "no_answer")


async def test_an_account_the_bridge_has_no_route_for_is_not_asked_and_not_observable() -> None:
    (seen,), _, fetcher = await sent({}, visit("WX2"))
    assert fetcher.asked == []
    assert (seen.outcome, seen.reason, seen.requests, flags(seen)) == ("not_observable", "no_bridge", 0, {"bridge": "reading"})


async def test_a_round_for_a_bridge_nobody_set_up_asks_nobody() -> None:
    (seen,), _, fetcher = await sent({FEED_URL: FRESH}, visit(), host="another")
    assert fetcher.asked == [] and seen.outcome == "not_observable"
    crawler = Crawler(cast(Fetcher, FakeFetcher({})), lambda: NOW_MS)
    first, _ = await run(crawler, Round(7, PREFIX + "reading", (visit(),)))
    assert isinstance(first, Sighting) and first.reason == "no_bridge"


async def test_a_bridge_that_is_asked_too_often_ends_the_round_and_is_left_alone() -> None:
    busy = Answer(FEED_URL, "ok", status=429, headers={}, body=b"too many requests", retry_after_s=90.0)
    seen, end, _ = await sent({FEED_URL: busy}, visit(), visit(number=1))
    assert (len(seen), flags(seen[0])["bridge_error"], seen[0].retry_after_s) == (1, "rate_limited", 90.0)
    assert (end.left, end.retry_after_s) == ((1,), 90.0)


async def test_the_accounts_of_a_bridge_share_its_pace() -> None:
    fetcher = FakeFetcher({FEED_URL: FRESH})
    crawler = Crawler(cast(Fetcher, FakeFetcher({})), lambda: NOW_MS, bridges=(Bridges([READING]), cast(Fetcher, fetcher)))
    await run(crawler, Round(7, PREFIX + "reading", (visit(), visit(number=1)), Gap(0.0, 0.02, 0.02)))
    assert fetcher.begun[1] - fetcher.ended[0] >= 0.019


async def test_a_crash_on_the_way_tells_nothing_of_the_request(caplog: pytest.LogCaptureFixture) -> None:
    def break_off(url: str) -> None:
        raise ZeroDivisionError("no url here")

    fetcher = FakeFetcher({FEED_URL: FRESH}, before=break_off)
    crawler = Crawler(cast(Fetcher, FakeFetcher({})), lambda: NOW_MS, bridges=(Bridges([READING]), cast(Fetcher, fetcher)))
    with caplog.at_level(logging.DEBUG):
        first, _ = await run(crawler, Round(7, PREFIX + "reading", (visit(),)))
    assert isinstance(first, Sighting) and (first.outcome, first.observed_by) == ("internal", "bridge_feed")
    assert "10.1.2.3" not in caplog.text and TOKEN not in caplog.text


async def test_a_stop_leaves_what_was_not_asked() -> None:
    crawler = Crawler(
        cast(Fetcher, FakeFetcher({})), bridges=(Bridges([READING]), cast(Fetcher, FakeFetcher({FEED_URL: FRESH})))
    )
    crawler.stop()
    async with asyncio.timeout(5):
        assert await run(crawler, Round(7, PREFIX + "reading", (visit(),))) == [RoundEnd(7, (0,), 0.0, 0.0)]
