"""The healthy way: what is sent, what an Answer holds, and what one connection serves."""

import asyncio
from collections.abc import Iterator

import pytest

from crawler.fetch import Ask, Fetcher, FetchSettings
from tests.crawler.fetch.wire import HOST, Step, always, bare, fetcher_for, fetching, page, url

BODY = "<html><title>县民政局</title></html>".encode()


async def test_a_plain_page_comes_whole_with_its_phases_and_address() -> None:
    paths = {"/": always(page(BODY, "Content-Type: text/html; charset=utf-8"))}
    async with fetcher_for(paths) as (fetcher, _):
        answer = await fetcher.fetch(Ask(url()))
    assert (answer.outcome, answer.reason, answer.status, answer.body) == ("ok", None, 200, BODY)
    assert (answer.partial, answer.requests, answer.address) == (False, 1, "127.0.0.1")
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.tls is None
    assert not answer.other_scheme
    assert 0 < sum(value for value in (answer.phases.connect, answer.phases.first_byte)) <= answer.elapsed_s + 0.001


async def test_the_request_names_the_tool_and_carries_no_secret() -> None:
    async with fetcher_for({"/a?b=c": always(page(b"x"))}, contact="https://inspect.example.cn/about") as (fetcher, wire):
        await fetcher.fetch(Ask(f"http://user:secret@{HOST}/a?b=c#top"))
    request = wire.requests[0].decode()
    assert request.startswith("GET /a?b=c HTTP/1.1\r\n")
    assert "xunwang/0; +https://inspect.example.cn/about" in request
    assert "Accept-Encoding: gzip, deflate\r\n" in request
    assert "Accept-Language: zh-CN" in request
    assert "If-" not in request
    assert "Authorization" not in request
    assert "Cookie" not in request


async def test_one_connection_serves_a_host_and_cookies_never_come_back() -> None:
    paths = {"/": always(page(b"x", "Set-Cookie: a=b; path=/", "Set-Cookie: c=d"))}
    async with fetcher_for(paths, keep=True) as (fetcher, wire):
        first = await fetcher.fetch(Ask(url()))
        second = await fetcher.fetch(Ask(url()))
    assert wire.connections == 1
    assert b"Cookie" not in wire.requests[1]
    assert second.phases.connect == second.phases.dns == 0.0
    assert second.address == "127.0.0.1"
    assert first.headers is not None
    assert [value for name, value in first.headers.items() if name == "Set-Cookie"] == ["a=b; path=/", "c=d"]


async def test_a_kept_connection_that_died_is_replaced_and_both_requests_count() -> None:
    steps: Iterator[list[Step]] = iter([[page(b"one")], ["reset"], [page(b"two")]])
    async with fetcher_for({"/": lambda: next(steps)}, keep=True) as (fetcher, wire):
        await fetcher.fetch(Ask(url()))
        answer = await fetcher.fetch(Ask(url()))
    assert (answer.body, answer.requests, wire.connections) == (b"two", 2, 2)


async def test_bytes_left_over_from_the_last_answer_do_not_spoil_the_next() -> None:
    paths = {"/": always(page(b"<html>list</html>and more", length=17))}
    async with fetcher_for(paths, keep=True) as (fetcher, _):
        bodies = [(await fetcher.fetch(Ask(url()))).body for _ in range(3)]
    assert all(body.startswith(b"<html>list</html>") for body in bodies)


async def test_validators_are_sent_and_304_means_not_modified() -> None:
    stamp = "Sun, 22 Nov 2026 01:00:00 GMT"
    paths = {
        "/": always(page(b"x", 'ETag: "abc"', f"Last-Modified: {stamp}")),
        "/same": always(bare(b"", 'ETag: "abc"', status="304 Not Modified")),
    }
    async with fetcher_for(paths) as (fetcher, wire):
        first = await fetcher.fetch(Ask(url()))
        answer = await fetcher.fetch(Ask(url("/same"), first.etag, first.last_modified))
        unasked = await fetcher.fetch(Ask(url("/same")))
    assert (first.etag, first.last_modified, first.not_modified) == ('"abc"', stamp, False)
    assert b'If-None-Match: "abc"\r\n' in wire.requests[1]
    assert f"If-Modified-Since: {stamp}\r\n".encode() in wire.requests[1]
    assert (answer.outcome, answer.status, answer.not_modified, answer.partial) == ("ok", 304, True, False)
    assert (unasked.outcome, unasked.reason, unasked.not_modified) == ("http_error", "other_status", False)


async def test_error_statuses_are_answers_and_say_when_to_come_back() -> None:
    paths = {
        "/503": always(page(b"busy", "Retry-After: 120", status="503 Service Unavailable")),
        "/404": always(page(b"gone", status="404 Not Found")),
        "/200": always(page(b"fine", "Retry-After: 120")),
        "/odd": always(page(b"odd", status="799 Whatever")),
    }
    async with fetcher_for(paths) as (fetcher, _):
        answers = {path: await fetcher.fetch(Ask(url(path))) for path in paths}
    assert {path: (a.outcome, a.status, a.retry_after_s) for path, a in answers.items()} == {
        "/503": ("ok", 503, 120.0),
        "/404": ("ok", 404, None),
        "/200": ("ok", 200, None),
        "/odd": ("ok", 799, None),
    }


async def test_header_values_in_gbk_are_read_as_such() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; name=" + "工作动态".encode("gbk")
    answer_bytes = head + b'\r\nETag: "' + "动".encode("gbk") + b'"\r\nContent-Length: 1\r\n\r\nx'
    async with fetcher_for({"/": always(answer_bytes)}) as (fetcher, _):
        answer = await fetcher.fetch(Ask(url()))
    assert answer.content_type == "text/html; name=工作动态"
    assert answer.etag is None


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/next/", url("/next/")),
        ("next.html?a=1", url("/dir/next.html?a=1")),
        ("//other.example.cn/x", "http://other.example.cn/x"),
        ("https:\\\\other.example.cn\\x", "https://other.example.cn/x"),
        ("http://other.example.cn", "http://other.example.cn/"),
        (" /with space/ ", url("/with%20space/")),
        ("/中文.html".encode("gbk").decode("utf-8", "surrogateescape"), url("/%D6%D0%CE%C4.html")),
        ("/中文.html", url("/%E4%B8%AD%E6%96%87.html")),
        ("http://中文.example.cn/", "http://xn--fiq228c.example.cn/"),
        ("http://user:secret@other.example.cn/", "http://other.example.cn/"),
        ("javascript:history.back()", None),
        ("mailto:office@example.cn", None),
        ("http://a b.cn/", None),
        ("http://other.example.cn:99999/", None),
    ],
)
async def test_redirects_are_told_and_not_followed(location: str, expected: str | None) -> None:
    paths = {"/dir/": always(page(b"moved", f"Location: {location}", status="302 Found"))}
    async with fetcher_for(paths) as (fetcher, wire):
        answer = await fetcher.fetch(Ask(url("/dir/")))
    assert answer.location == expected
    assert (answer.outcome, answer.reason) == (("ok", None) if expected else ("redirected", "bad_location"))
    assert (answer.status, len(wire.requests)) == (302, 1)


async def test_a_redirect_without_a_target_says_so_and_a_choice_of_pages_is_a_page() -> None:
    paths = {
        "/302": always(page(b"", status="302 Found")),
        "/300": always(page(b"choose", status="300 Multiple Choices")),
    }
    async with fetcher_for(paths) as (fetcher, _):
        lost = await fetcher.fetch(Ask(url("/302")))
        choice = await fetcher.fetch(Ask(url("/300")))
    assert (lost.outcome, lost.reason) == ("redirected", "no_location")
    assert (choice.outcome, choice.body) == ("ok", b"choose")


async def test_a_redirect_whose_body_never_ends_is_a_redirect_all_the_same() -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\nmoved"
    async with fetcher_for({"/": always(head, "hang")}) as (fetcher, _):
        answer = await fetcher.fetch(Ask(url(), deadline_s=0.2))
    assert (answer.outcome, answer.location) == ("ok", url("/x"))


@pytest.mark.parametrize(
    "bad", ["", "www.example.gov.cn/", "ftp://a.cn/", "http://", "http://a..b/", "http://[::1/", "http://a:0/"]
)
async def test_what_is_no_web_address_is_inconclusive(bad: str) -> None:
    async with fetching({"80": 1}) as fetcher:
        answer = await fetcher.fetch(Ask(bad))
    assert (answer.outcome, answer.reason, answer.requests) == ("inconclusive", "bad_url", 0)


async def test_an_address_with_chinese_and_spaces_is_asked_quoted() -> None:
    path = "/%E5%8A%A8%E6%80%81/a%20b.html"
    async with fetcher_for({path: always(page(b"x"))}) as (fetcher, _):
        answer = await fetcher.fetch(Ask(url("/动态/a b.html")))
    assert (answer.outcome, answer.url) == ("ok", url(path))


async def test_cancelling_a_fetch_cancels_it_and_leaves_nothing_behind() -> None:
    async with fetcher_for({"/": always("hang")}) as (fetcher, wire):
        task = asyncio.create_task(fetcher.fetch(Ask(url())))
        await wire.asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not fetcher._connector._acquired


async def test_settings_travel_as_msgpack() -> None:
    import msgspec

    settings = FetchSettings(allow=("127.0.0.0/8",), nameservers=("10.0.0.1",), hosts={"a.cn": {"80": ("127.0.0.1", 1)}})
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(settings), type=FetchSettings)
    assert again == settings
    assert Fetcher(again) is not None
