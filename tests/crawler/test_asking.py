"""What a want's headers and form look like to a server."""

from typing import cast

from crawler.asking import fetcher_for
from crawler.fetch import Answer, Ask, Fetcher
from crawler.read.wants import Want
from tests.crawler.fakes import FakeFetcher
from tests.crawler.fetch.wire import fetcher_for as serving_fetcher
from tests.crawler.fetch.wire import url

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"


async def asked(want: Want) -> tuple[Answer, str, str]:
    """The answer, and the head and the body of the request that the server saw."""

    async with serving_fetcher({"/api?x=1": lambda: [OK]}) as (fetcher, wire):
        answer = await fetcher_for(fetcher, want).fetch(Ask(want.url))
    head, _, body = wire.requests[0].decode().partition("\r\n\r\n")
    return answer, head, body


async def test_headers_go_with_a_get() -> None:
    headers = (("Referer", url("/col/")), ("X-Requested-With", "XMLHttpRequest"))
    answer, head, _ = await asked(Want(url("/api?x=1"), "api", headers=headers))
    assert (answer.outcome, answer.status, answer.body) == ("ok", 200, b"[]")
    assert head.startswith("GET /api?x=1 HTTP/1.1")
    assert f"Referer: {url('/col/')}" in head and "X-Requested-With: XMLHttpRequest" in head
    assert head.count("User-Agent:") == 1


async def test_a_form_is_posted() -> None:
    _, head, _ = await asked(Want(url("/api?x=1"), "api", "POST", (("name", "示例 县"), ("n", "1"))))
    assert head.startswith("POST /api?x=1 HTTP/1.1")
    assert "Content-Type: application/x-www-form-urlencoded; charset=UTF-8" in head
    assert f"Content-Length: {len('name=%E7%A4%BA%E4%BE%8B+%E5%8E%BF&n=1')}" in head


async def test_a_plain_get_is_asked_by_the_fetcher_itself() -> None:
    fake = cast(Fetcher, FakeFetcher({}))
    assert fetcher_for(fake, Want(url(), "article")) is fake
    async with serving_fetcher({}) as (fetcher, _):
        assert fetcher_for(fetcher, Want(url(), "article")) is fetcher


async def test_what_was_learned_of_a_host_is_shared() -> None:
    want = Want(url("/api?x=1"), "api", headers=(("Referer", url()),))
    async with serving_fetcher({"/api?x=1": lambda: [OK], "/": lambda: [OK]}, keep=True) as (fetcher, wire):
        await fetcher.fetch(Ask(url("/")))
        await fetcher_for(fetcher, want).fetch(Ask(want.url))
        await fetcher.fetch(Ask(url("/")))
    assert [b"Referer" in request for request in wire.requests] == [False, True, False]


async def test_a_form_is_never_sent_as_a_get_by_the_lenient_reader() -> None:
    broken = b"HTTP/1.1 200 OK\r\nBad Header\r\nContent-Length: x\r\n\r\n[]"
    want = Want(url("/api?x=1"), "api", "POST", (("n", "1"),))
    async with serving_fetcher({"/api?x=1": lambda: [broken]}) as (fetcher, wire):
        answer = await fetcher_for(fetcher, want).fetch(Ask(want.url))
    assert answer.outcome != "ok"
    assert all(request.startswith(b"POST ") for request in wire.requests)
