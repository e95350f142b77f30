"""A fetcher for bridges: let through to exactly the places that settings name, and asked in one safe way."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from crawler.fetch import Answer, Ask, Fetcher, FetchSettings
from tests.crawler.fetch.certificates import self_signed
from tests.crawler.fetch.wire import HOST, Paths, always, page, serving

FEED = page(b"<rss/>")
PATHS: Paths = {
    "/feed?k=s3cret": always(FEED),
    "/away": always(page(b"", "Location: http://127.0.0.1:1/login", status="302 Found")),
    "/broken": always(b"HTTP/1.1 200 OK\r\nbroken header line\r\n\r\n"),
}


@asynccontextmanager
async def trusting(*places: tuple[str, int], **settings: object) -> AsyncIterator[Fetcher]:
    """A fetcher that no network but the public one is allowed to, these places excepted."""
    fetcher = Fetcher(FetchSettings(**settings), frozenset(places))  # type: ignore[arg-type]
    await fetcher.open()
    try:
        yield fetcher
    finally:
        await fetcher.close()


async def asked(fetcher: Fetcher, url: str) -> Answer:
    return await fetcher.fetch(Ask(url, deadline_s=5.0))


async def test_a_private_place_that_the_settings_name_is_asked() -> None:
    async with serving(PATHS) as wire, trusting(("127.0.0.1", wire.port)) as fetcher:
        answer = await asked(fetcher, f"http://127.0.0.1:{wire.port}/feed?k=s3cret")
    assert (answer.outcome, answer.status, answer.body) == ("ok", 200, b"<rss/>")


async def test_another_port_of_the_same_machine_is_not_asked() -> None:
    async with serving(PATHS) as wire, serving(PATHS) as other, trusting(("127.0.0.1", wire.port)) as fetcher:
        answer = await asked(fetcher, f"http://127.0.0.1:{other.port}/feed?k=s3cret")
        assert (answer.outcome, answer.reason, answer.requests) == ("inconclusive", "bad_url", 0)
        assert other.connections == 0


async def test_the_fetcher_of_sites_stays_out_of_a_bridge_even_while_a_connection_to_it_is_kept() -> None:
    async with serving(PATHS, keep=True) as wire, trusting(("127.0.0.1", wire.port)) as bridges, trusting() as sites:
        place = f"http://127.0.0.1:{wire.port}/feed?k=s3cret"
        assert (await asked(bridges, place)).status == 200
        answer = await asked(sites, place)
        assert (answer.outcome, answer.reason) == ("inconclusive", "address_forbidden")
        assert wire.connections == 1


async def test_a_redirect_comes_back_as_it_is() -> None:
    async with serving(PATHS) as wire, trusting(("127.0.0.1", wire.port)) as fetcher:
        answer = await asked(fetcher, f"http://127.0.0.1:{wire.port}/away")
    assert (answer.status, answer.location, answer.requests) == (302, "http://127.0.0.1:1/login", 1)


async def test_nothing_is_sent_to_a_server_whose_certificate_does_not_hold() -> None:
    async with serving(PATHS, self_signed(HOST)) as wire:
        hosts = {HOST: {"443": ("127.0.0.1", wire.port), "80": ("127.0.0.1", wire.port)}}
        async with trusting((HOST, 443), hosts=hosts) as fetcher:
            answer = await asked(fetcher, f"https://{HOST}/feed?k=s3cret")
        assert answer.outcome != "ok" and answer.status is None
        assert wire.requests == []


async def test_a_bridge_that_speaks_no_tls_is_not_asked_in_the_clear() -> None:
    async with serving(PATHS) as wire:
        hosts = {HOST: {"443": ("127.0.0.1", 1), "80": ("127.0.0.1", wire.port)}}
        async with trusting((HOST, 443), (HOST, 80), hosts=hosts) as fetcher:
            answer = await asked(fetcher, f"https://{HOST}/feed?k=s3cret")
        assert (answer.outcome, answer.reason, answer.other_scheme) == ("connect", "refused", False)
        assert wire.connections == 0


async def test_an_answer_that_is_no_http_is_not_asked_for_again() -> None:
    async with serving(PATHS) as wire, trusting(("127.0.0.1", wire.port)) as fetcher:
        answer = await asked(fetcher, f"http://127.0.0.1:{wire.port}/broken")
        assert (answer.outcome, wire.connections) == ("malformed", 1)


async def test_what_goes_wrong_inside_is_logged_without_the_request(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with trusting(("127.0.0.1", 1)) as fetcher:

        async def fail(*_: object) -> Answer:
            raise KeyError("http://127.0.0.1:1/feed?k=s3cret")

        monkeypatch.setattr(fetcher, "_plainly", fail)
        with caplog.at_level(logging.DEBUG):
            answer = await asked(fetcher, "http://127.0.0.1:1/feed?k=s3cret")
    assert answer.outcome == "internal"
    assert "KeyError" in caplog.text and "s3cret" not in caplog.text
