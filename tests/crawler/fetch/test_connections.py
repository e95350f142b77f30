"""Names, addresses and connections that come to nothing; the other scheme; deadlines."""

import asyncio
import time

import pytest

from crawler.fetch import Ask, Fetcher, FetchSettings
from crawler.outcomes import valid_reason
from tests.crawler.fetch.wire import HOST, LOOPBACK, always, fetcher_for, fetching, page, serving, url

CLOSED = 1
"""A port of loopback where nothing listens."""


async def test_a_refused_connection_is_said_after_both_schemes() -> None:
    async with fetching({"80": CLOSED, "443": CLOSED}) as fetcher:
        answer = await fetcher.fetch(Ask(url()))
    assert (answer.outcome, answer.reason, answer.url) == ("connect", "refused", url())
    assert answer.requests >= 2
    assert not answer.other_scheme


async def test_refused_http_gives_way_to_https_with_a_mark() -> None:
    from tests.crawler.fetch.certificates import self_signed

    async with serving({"/a": always(page(b"list"))}, self_signed(HOST)) as wire, fetching({"443": wire.port}) as fetcher:
        answer = await fetcher.fetch(Ask(url("/a")))
    assert (answer.outcome, answer.body, answer.url, answer.other_scheme) == ("ok", b"list", url("/a", "https"), True)
    assert answer.tls is not None
    assert answer.tls.reason == "self_signed"


async def test_a_port_of_its_own_has_no_other_scheme() -> None:
    async with fetching({"8080": CLOSED}) as fetcher:
        answer = await fetcher.fetch(Ask(f"http://{HOST}:8080/"))
    assert (answer.outcome, answer.reason, answer.requests) == ("connect", "refused", 1)


async def test_a_name_that_is_not_mapped_does_not_exist() -> None:
    async with fetching({"80": CLOSED}) as fetcher:
        answer = await fetcher.fetch(Ask("http://absent.example.cn/"))
    assert (answer.outcome, answer.reason, answer.requests) == ("dns", "nxdomain", 1)


async def test_a_server_that_hangs_up_without_a_word_is_closed() -> None:
    async with fetcher_for({"/": always()}) as (fetcher, _):
        answer = await fetcher.fetch(Ask(url()))
    assert (answer.outcome, answer.reason) == ("connect", "closed")


@pytest.mark.parametrize("before", [b"", b"HTTP/1.1 200 OK\r\nContent-Le"])
async def test_a_reset_before_the_headers_is_a_reset(before: bytes) -> None:
    async with fetcher_for({"/": always(before, "reset")}) as (fetcher, _):
        answer = await fetcher.fetch(Ask(url()))
    assert (answer.outcome, answer.reason) == ("connect", "reset")


async def test_a_slow_first_byte_is_a_timeout_at_the_deadline() -> None:
    async with fetcher_for({"/": always("hang")}) as (fetcher, _):
        begun = time.monotonic()
        answer = await fetcher.fetch(Ask(url(), deadline_s=0.25))
        took = time.monotonic() - begun
    assert (answer.outcome, answer.reason, answer.status) == ("timeout", "first_byte", None)
    assert 0.2 < took < 0.5
    assert answer.phases.first_byte == pytest.approx(0.25, abs=0.1)


async def test_a_connection_that_nobody_takes_is_a_timeout_of_connecting() -> None:
    """A full backlog: the kernel leaves further connections without an answer."""
    import socket

    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        async with fetching({"80": port, "443": port}) as fetcher:
            answer = await fetcher.fetch(Ask(url(), deadline_s=0.6))
        for each in waiting:
            each.close()
    assert (answer.outcome, answer.reason) == ("timeout", "connect")
    assert answer.elapsed_s < 0.9


async def test_a_scheme_that_fails_slowly_is_asked_second_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.fetch.session._SLOW_FAILURE_S", 0.0)
    paths = {"/": always(page(b"list", "Connection: close"))}
    async with serving(paths) as wire, fetching({"80": wire.port, "443": CLOSED}) as fetcher:
        first = await fetcher.fetch(Ask(url(scheme="https")))
        second = await fetcher.fetch(Ask(url(scheme="https")))
    assert first.requests > second.requests == 1
    assert first.other_scheme
    assert second.other_scheme


REFUSED = [
    "http://127.0.0.1/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.100.100.200/",
    "http://0.0.0.0/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[2002:7f00:1::]/",
    "http://[64:ff9b::a00:1]/",
    "http://[fe80::1]/",
    "http://[fd00:ec2::254]/",
]


@pytest.mark.parametrize("address", REFUSED)
async def test_the_guard_lets_nothing_private_through(address: str) -> None:
    fetcher = Fetcher(FetchSettings(hosts={}))
    await fetcher.open()
    answer = await fetcher.fetch(Ask(address, deadline_s=2.0))
    await fetcher.close()
    assert (answer.outcome, answer.reason, answer.status) == ("inconclusive", "address_forbidden", None)


@pytest.mark.parametrize("address", ["http://2130706433/", "http://127.1/", "http://0177.0.0.1/"])
async def test_numbers_that_are_no_dotted_address_are_not_asked(address: str) -> None:
    fetcher = Fetcher(FetchSettings(hosts={}, allow=LOOPBACK))
    await fetcher.open()
    answer = await fetcher.fetch(Ask(address))
    await fetcher.close()
    assert (answer.outcome, answer.reason) == ("inconclusive", "bad_url")


async def test_a_name_that_leads_inside_is_stopped_also_behind_a_redirect() -> None:
    async with serving({"/": always(page(b"secret"))}) as inside:
        moved = page(b"", f"Location: http://127.0.0.2:{inside.port}/", status="302 Found")
        async with serving({"/": always(moved)}) as outside, fetching({"80": outside.port}, allow=("127.0.0.1/32",)) as fetcher:
            answer = await fetcher.fetch(Ask(url()))
            assert answer.location == f"http://127.0.0.2:{inside.port}/"
            reached = await fetcher.fetch(Ask(answer.location))
    assert (reached.outcome, reached.reason) == ("inconclusive", "address_forbidden")
    assert not inside.connections


async def test_a_fetch_in_flight_while_the_fetcher_closes_accuses_nobody() -> None:
    async with fetcher_for({"/": always("hang")}) as (fetcher, wire):
        task = asyncio.create_task(fetcher.fetch(Ask(url())))
        await wire.asked.wait()
        await fetcher.close()
        answer = await task
    assert (answer.outcome, answer.reason) == ("inconclusive", "stopping")
    assert valid_reason(answer.outcome, answer.reason)


async def test_an_error_of_our_own_is_internal_and_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    async with fetching({"80": CLOSED}) as fetcher:
        monkeypatch.setattr(fetcher, "_at", lambda *_: 1 / 0)
        answer = await fetcher.fetch(Ask(url()))
    assert (answer.outcome, answer.reason) == ("internal", "crash")


async def test_the_names_of_aiohttp_that_are_leant_on_exist() -> None:
    import inspect

    import aiohttp
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.streams import StreamReader

    for name in ("_create_connection", "_resolve_host", "_convert_hosts_to_addr_infos", "connect"):
        assert inspect.isfunction(getattr(aiohttp.TCPConnector, name)), name
    assert inspect.isfunction(StreamReader._read_nowait)
    async with aiohttp.ClientSession() as session:
        assert session._retry_connection is True
        assert session.connector is not None
        assert session.connector._factory.func is ResponseHandler
