"""The TLS ladder: what is wrong is recorded, and the page is read all the same."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from crawler.fetch import Ask
from crawler.fetch.tls import certificate_flaw, client_hello, handshake_failure, handshake_flaw, speaks_guomi
from crawler.records import Tls
from tests.crawler.fetch.certificates import Authority, blocking_server, self_signed
from tests.crawler.fetch.wire import HOST, always, bare, fetching, page, serving, url

PATHS = {"/": always(page(b"list")), "/again": always(page(b"again"))}


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def ca(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> str:
    file: Path = tmp_path_factory.mktemp("ca") / "root.pem"
    file.write_bytes(authority.pem)
    return str(file)


async def test_a_good_certificate_is_verified(authority: Authority, ca: str) -> None:
    async with serving(PATHS, authority.server(HOST)) as wire, fetching({"443": wire.port}, ca=ca) as fetcher:
        answer = await fetcher.fetch(Ask(url(scheme="https")))
    assert (answer.outcome, answer.body, answer.requests) == ("ok", b"list", 1)
    assert answer.tls == Tls(True)
    assert answer.phases.tls > 0


FAULTS: dict[str, Callable[[Authority], ssl.SSLContext]] = {
    "expired": lambda a: a.server(HOST, (-900, -30)),
    "not_yet_valid": lambda a: a.server(HOST, (20, 30)),
    "wrong_host": lambda a: a.server("other.example.cn"),
    "weak_key": lambda a: a.server(HOST, bits=1024),
    "self_signed": lambda a: self_signed(HOST),
    "no_issuer": lambda a: Authority("Another Root").server(HOST),
}


@pytest.mark.parametrize("reason", FAULTS)
async def test_a_faulty_certificate_is_recorded_and_the_page_read(reason: str, authority: Authority, ca: str) -> None:
    context = FAULTS[reason](authority)
    async with serving(PATHS, context, keep=True) as wire, fetching({"443": wire.port}, ca=ca) as fetcher:
        answer = await fetcher.fetch(Ask(url(scheme="https")))
        again = await fetcher.fetch(Ask(url("/again", "https")))
    assert (answer.outcome, answer.body, answer.requests) == ("ok", b"list", 2)
    assert answer.tls == Tls(False, reason)
    assert (again.tls, again.requests) == (Tls(False, reason), 1)


def _old(context: ssl.SSLContext) -> ssl.SSLContext:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    return context


def _key_exchange(context: ssl.SSLContext) -> ssl.SSLContext:
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-SHA:@SECLEVEL=0")
    return context


@pytest.mark.parametrize(("age", "reason"), [(_old, "old_protocol"), (_key_exchange, "weak_cipher")])
async def test_a_server_of_old_is_read_by_the_permissive_context(
    age: Callable[[ssl.SSLContext], ssl.SSLContext], reason: str, authority: Authority, ca: str
) -> None:
    with blocking_server(age(authority.server(HOST)), page(b"list", "Connection: close")) as port:
        async with fetching({"443": port}, ca=ca) as fetcher:
            answer = await fetcher.fetch(Ask(url(scheme="https")))
            again = await fetcher.fetch(Ask(url("/again", "https")))
    assert (answer.outcome, answer.body, answer.tls, answer.requests) == ("ok", b"list", Tls(False, reason), 2)
    assert (again.body, again.tls, again.requests) == (b"list", Tls(False, reason), 1)


async def test_a_server_that_hangs_up_on_the_verified_hello_is_asked_permissively(authority: Authority, ca: str) -> None:
    context = _old(authority.server(HOST))
    async with serving(PATHS, context, keep=True) as wire, fetching({"443": wire.port}, ca=ca) as fetcher:
        answer = await fetcher.fetch(Ask(url(scheme="https")))
        again = await fetcher.fetch(Ask(url("/again", "https")))
    assert (answer.outcome, answer.tls) == ("ok", Tls(False, "handshake"))
    assert (again.body, again.requests) == (b"again", 1)


async def test_the_verified_context_is_tried_again_after_a_day(authority: Authority, ca: str) -> None:
    now = 0.0
    async with serving(PATHS, authority.server(HOST)) as wire, fetching({"443": wire.port}, ca=ca) as fetcher:
        fetcher._rungs._clock = lambda: now
        fetcher._rungs.keep(f"https://{HOST}", "expired")
        still = await fetcher.fetch(Ask(url(scheme="https")))
        now = 86_401.0
        mended = await fetcher.fetch(Ask(url(scheme="https")))
    assert (still.tls, mended.tls) == (Tls(False, "expired"), Tls(True))


async def test_connections_of_the_two_contexts_never_mix(authority: Authority, ca: str) -> None:
    async with serving(PATHS, authority.server(HOST), keep=True) as wire, fetching({"443": wire.port}, ca=ca) as fetcher:
        await fetcher.fetch(Ask(url(scheme="https")))
        fetcher._rungs.keep(f"https://{HOST}", "expired")
        await fetcher.fetch(Ask(url(scheme="https")))
        assert wire.connections == 2


@asynccontextmanager
async def answering(first_bytes: bytes) -> AsyncIterator[int]:
    """A server that answers any hello with `first_bytes` and closes."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(first_bytes)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def test_https_that_is_broken_gives_way_to_http_with_a_mark() -> None:
    async with (
        answering(b"\x15\x03\x03\0\2\2\x50") as broken,
        serving(PATHS) as wire,
        fetching({"80": wire.port, "443": broken}) as fetcher,
    ):
        answer = await fetcher.fetch(Ask(url(scheme="https")))
    assert (answer.outcome, answer.body, answer.other_scheme, answer.url) == ("ok", b"list", True, url())
    assert (answer.tls, answer.requests) == (None, 3)


async def test_http_that_only_leads_back_to_the_broken_https_is_no_answer() -> None:
    paths = {"/": always(page(b"", f"Location: https://{HOST}/index.html", status="301 Moved"))}
    async with serving(paths) as wire, fetching({"80": wire.port}) as fetcher:
        answer = await fetcher.fetch(Ask(url(scheme="https")))
    assert (answer.outcome, answer.reason, answer.location, answer.other_scheme) == ("connect", "refused", None, False)


@pytest.mark.parametrize(
    ("first_bytes", "outcome", "reason"),
    [
        pytest.param(b"\x15\x03\x03\0\2\2\x28", "inconclusive", "unsupported_cipher", id="alert: handshake failure"),
        pytest.param(b"\x15\x03\x03\0\2\2\x46", "inconclusive", "unsupported_cipher", id="alert: protocol version"),
        pytest.param(b"\x15\x03\x03\0\2\2\x50", "tls", "handshake_failed", id="alert: internal error"),
        pytest.param(b"\x15\x01\x01\0\2\2\x46", "inconclusive", "guomi", id="a TLCP alert"),
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n\r\n", "tls", "protocol", id="plain HTTP"),
        pytest.param(b"220 smtp ready\r\n", "tls", "protocol", id="another protocol"),
        pytest.param(b"", "tls", "closed", id="nothing"),
    ],
)
async def test_a_handshake_that_fails_under_both_contexts_says_why(first_bytes: bytes, outcome: str, reason: str) -> None:
    async with answering(first_bytes) as port, fetching({"443": port}) as fetcher:
        answer = await fetcher.fetch(Ask(url(scheme="https"), deadline_s=5.0))
    assert (answer.outcome, answer.reason, answer.status) == (outcome, reason, None)


async def test_a_handshake_that_never_ends_is_a_timeout_of_tls() -> None:
    async with serving({}) as wire, fetching({"443": wire.port}) as fetcher:
        answer = await fetcher.fetch(Ask(url(scheme="https"), deadline_s=0.6))
    assert (answer.outcome, answer.reason) == ("timeout", "tls")
    assert answer.elapsed_s < 0.9


async def test_a_malformed_answer_over_tls_has_its_second_chance(authority: Authority, ca: str) -> None:
    paths = {"/": always(bare(b"list", "no colon here"))}
    async with serving(paths, authority.server(HOST)) as wire, fetching({"443": wire.port}, ca=ca) as fetcher:
        answer = await fetcher.fetch(Ask(url(scheme="https")))
    assert (answer.outcome, answer.body, answer.tls) == ("ok", b"list", Tls(True))


def test_flaws_without_a_name_are_called_so() -> None:
    odd = ssl.SSLError(1, "[SSL: SOMETHING_NEW] something new")
    assert certificate_flaw(odd) == "other"
    assert handshake_flaw(odd) == "handshake"
    assert handshake_failure(odd) == ("tls", "handshake_failed")


def test_guomi_is_known_by_its_record_version_alone() -> None:
    assert speaks_guomi(b"\x16\x01\x01\0\x40")
    assert not speaks_guomi(b"\x16\x03\x01\0\x40")
    assert not speaks_guomi(client_hello(HOST)[:5])
    assert not speaks_guomi(b"")
