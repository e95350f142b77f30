"""What a request's own headers and form look like to a server."""

from crawler.fetch import Answer, Ask
from tests.crawler.fetch.wire import fetcher_for, url

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"
REFERER = (("Referer", "http://www.example.gov.cn/col/"), ("X-Requested-With", "XMLHttpRequest"))


async def asked(ask: Ask, answer: bytes = OK) -> tuple[Answer, list[str]]:
    """The answer, and the requests that the server saw."""
    async with fetcher_for({"/api?x=1": lambda: [answer]}) as (fetcher, wire):
        got = await fetcher.fetch(ask)
    return got, [request.decode() for request in wire.requests]


async def test_headers_go_beside_those_of_every_request() -> None:
    answer, (request,) = await asked(Ask(url("/api?x=1"), headers=REFERER))
    assert (answer.outcome, answer.status, answer.body) == ("ok", 200, b"[]")
    assert request.startswith("GET /api?x=1 HTTP/1.1")
    assert "Referer: http://www.example.gov.cn/col/" in request
    assert "X-Requested-With: XMLHttpRequest" in request
    assert request.count("User-Agent:") == 1


async def test_a_form_is_posted() -> None:
    _, (request,) = await asked(Ask(url("/api?x=1"), headers=REFERER, form=(("name", "示例 县"), ("n", "1"))))
    assert request.startswith("POST /api?x=1 HTTP/1.1")
    assert "Content-Type: application/x-www-form-urlencoded; charset=UTF-8" in request
    assert f"Content-Length: {len('name=%E7%A4%BA%E4%BE%8B+%E5%8E%BF&n=1')}" in request


async def test_headers_and_validators_go_together() -> None:
    _, (request,) = await asked(Ask(url("/api?x=1"), etag='"e"', headers=REFERER))
    assert "If-None-Match:" in request
    assert "Referer:" in request


async def test_a_form_is_never_sent_as_a_get_by_the_lenient_reader() -> None:
    broken = b"HTTP/1.1 200 OK\r\nBad Header\r\nContent-Length: x\r\n\r\n[]"
    answer, requests = await asked(Ask(url("/api?x=1"), form=(("n", "1"),)), broken)
    assert answer.outcome != "ok"
    assert requests
    assert all(request.startswith("POST ") for request in requests)
