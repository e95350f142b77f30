"""Answers that break the rules: read all the same where a browser would."""

import pytest

from crawler.fetch import Ask
from crawler.fetch.lenient import parse
from tests.crawler.fetch.wire import always, fetcher_for, fetching, serving, url

BODY = "<html>县民政局 2026-11-20</html>".encode()
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
GBK = "内容".encode("gbk")


def ok(*lines: bytes, start: bytes = b"HTTP/1.1 200 OK\r\n") -> bytes:
    return start + b"".join(lines) + b"\r\n" + BODY


READABLE = {
    "Content-Length twice": ok(LENGTH, LENGTH),
    "two different Content-Lengths": ok(LENGTH, b"Content-Length: 3\r\n"),
    "an empty Content-Length": ok(b"Content-Length: \r\n"),
    "a negative Content-Length": ok(b"Content-Length: -1\r\n"),
    "a list of Content-Lengths": ok(b"Content-Length: %d, %d\r\n" % (len(BODY), len(BODY))),
    "Content-Length with chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
    + LENGTH
    + b"\r\n%x\r\n" % len(BODY)
    + BODY
    + b"\r\n0\r\n\r\n",
    "chunked that is not": ok(b"Transfer-Encoding: chunked\r\n"),
    "Transfer-Encoding: identity": ok(b"Transfer-Encoding: identity\r\n", LENGTH),
    "a space before the colon": ok(b"Content-Type : text/html\r\n", LENGTH),
    "a space in a header's name": ok(b"Powered By: something\r\n", LENGTH),
    "a GBK header name": ok(GBK + b": yes\r\n", LENGTH),
    "a line without a colon": ok(b"no colon here\r\n", LENGTH),
    "a NUL in a value": ok(b"X-A: a\0b\r\n", LENGTH),
    "a version in lower case": ok(LENGTH, start=b"http/1.1 200 OK\r\n"),
    "a status line without words": ok(LENGTH, start=b"HTTP/1.1 200\r\n"),
    "ICY": ok(LENGTH, start=b"ICY 200 OK\r\n"),
    "bare LF": b"HTTP/1.1 200 OK\nX: y\n\n" + BODY,
    "bare CR": b"HTTP/1.1 200 OK\rX: y\r\r" + BODY,
    "a folded header": ok(b"X-A: a\r\n b\r\n", LENGTH),
    "more than 128 headers": ok(*(b"X-%d: y\r\n" % n for n in range(300)), LENGTH),
    "a header of 20 KB": ok(b"X-A: " + b"a" * 20_000 + b"\r\n", LENGTH),
    "a header of 100 KB": ok(b"X-A: " + b"a" * 100_000 + b"\r\n", LENGTH),
    "blank lines first": b"\r\n\r\n" + ok(LENGTH),
    "an interim answer first": b"HTTP/1.1 100 Continue\r\n\r\n" + ok(LENGTH, b"no colon\r\n"),
}


@pytest.mark.parametrize("case", READABLE)
async def test_a_malformed_answer_is_read(case: str) -> None:
    async with fetcher_for({"/": always(READABLE[case])}) as (fetcher, _):
        answer = await fetcher.fetch(Ask(url(), deadline_s=5.0))
    assert (answer.outcome, answer.reason, answer.status, answer.body) == ("ok", None, 200, BODY)


UNREADABLE = {
    "bytes that are no HTTP": (b"\x00\x01\x02 hello\r\n\r\n", "http"),
    "a page without any headers": (BODY, "http"),
    "another protocol's greeting": (b"SSH-2.0-OpenSSH_9.2\r\n", "http"),
    "a status that is no number": (ok(start=b"HTTP/1.1 abc OK\r\n"), "http"),
}


@pytest.mark.parametrize("case", UNREADABLE)
async def test_what_is_no_answer_is_malformed_after_two_requests(case: str) -> None:
    sent, reason = UNREADABLE[case]
    async with fetcher_for({"/": always(sent)}) as (fetcher, wire):
        answer = await fetcher.fetch(Ask(url(), deadline_s=5.0))
    assert (answer.outcome, answer.reason, answer.requests) == ("malformed", reason, 2)
    assert len(wire.requests) == 2


async def test_a_host_that_needed_the_second_chance_is_remembered() -> None:
    async with fetcher_for({"/": always(READABLE["a line without a colon"])}) as (fetcher, wire):
        first = await fetcher.fetch(Ask(url()))
        second = await fetcher.fetch(Ask(url()))
    assert (first.requests, second.requests, len(wire.requests)) == (2, 1, 3)
    assert b"Connection: close\r\n" in wire.requests[2]
    assert second.address == "127.0.0.1"


async def test_the_second_chance_keeps_what_came_until_the_deadline() -> None:
    head = b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"
    async with fetcher_for({"/": always(head + BODY, "hang")}) as (fetcher, _):
        answer = await fetcher.fetch(Ask(url(), deadline_s=0.4))
    assert (answer.outcome, answer.reason, answer.body, answer.partial) == ("timeout", "body", BODY, True)


async def test_the_second_chance_is_capped_too() -> None:
    endless = (b"<!-- filler -->" * 1_000 for _ in range(100_000))
    head = b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"
    async with fetcher_for({"/": lambda: [head, endless]}) as (fetcher, _):
        answer = await fetcher.fetch(Ask(url(), cap=100_000))
    assert (answer.outcome, answer.reason, len(answer.body)) == ("too_large", "body", 100_000)


async def test_a_redirect_in_a_malformed_answer_is_told() -> None:
    moved = b"HTTP/1.1 302 Found\r\nno colon\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n"
    async with serving({"/": always(moved)}) as wire, fetching({"80": wire.port}) as fetcher:
        answer = await fetcher.fetch(Ask(url()))
    assert (answer.outcome, answer.location) == ("ok", url("/a"))


async def test_headers_without_an_end_are_too_large() -> None:
    endless = (b"X-%d: " % n + b"a" * 1_000 + b"\r\n" for n in range(100_000))
    async with fetcher_for({"/": lambda: [b"HTTP/1.1 200 OK\r\nno colon\r\n", endless]}) as (fetcher, _):
        malformed = await fetcher.fetch(Ask(url(), deadline_s=5.0))
    assert (malformed.outcome, malformed.reason) == ("malformed", "header")


async def test_a_header_of_a_megabyte_is_too_large() -> None:
    async with fetcher_for({"/": always(ok(b"X-A: " + b"a" * 1_000_000 + b"\r\n"))}) as (fetcher, _):
        answer = await fetcher.fetch(Ask(url(), deadline_s=5.0))
    assert (answer.outcome, answer.reason) == ("too_large", "header")


@pytest.mark.parametrize(
    ("received", "body", "broken"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"abc", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3 ;x=y\r\nabc\r\n5\r\nde", b"abcde", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno chunks", b"no chunks", False),
        (b"HTTP/1.1 204 No Content\r\n\r\nbody", b"", False),
    ],
)
def test_the_lenient_parser_takes_apart(received: bytes, body: bytes, broken: bool) -> None:
    got = parse(received)
    assert got is not None
    assert (got.body, got.broken) == (body, broken)


@pytest.mark.parametrize("received", [b"", b"HTTP", b"HTTP/1.1 1234 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: y", b"<html></html>"])
def test_the_lenient_parser_takes_nothing_else_for_an_answer(received: bytes) -> None:
    assert parse(received) is None
