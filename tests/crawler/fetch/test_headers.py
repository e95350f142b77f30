"""Header values as they are taken in, and URLs made fit to be asked."""

import pytest

from crawler.fetch.headers import askable, clean, conditional, location_of, retry_after, validator

NOW = 1_795_341_600.0  # 2026-11-22 10:00:00 UTC


def escaped(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("99999999999", 86_400.0),
        ("Sun, 22 Nov 2026 10:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0.0),
        ("Sun, 22 Nov 2099 09:00:00 GMT", 86_400.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("１２", None),
        ("nan", None),
        ("32 Foo 2026", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, expected: float | None) -> None:
    assert retry_after({"Retry-After": value}, NOW) == expected


def test_no_retry_after_asks_for_nothing() -> None:
    assert retry_after({}, NOW) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text/html", "text/html"),
        (escaped("text/html; 名=动态".encode("gbk")), "text/html; 名=动态"),
        (escaped("动态".encode()), "动态"),
        ("text/\x1b[31mhtml", "text/ [31mhtml"),
        ("a" * 500, "a" * 200),
        ("", None),
        (None, None),
    ],
)
def test_values_are_cleaned_for_records(value: str | None, expected: str | None) -> None:
    assert clean(value) == expected


@pytest.mark.parametrize("odd", ["", "a" * 201, "a\r\nX: y", escaped(b"\xb6\xaf"), "动", None])
def test_a_validator_that_cannot_be_sent_back_is_none(odd: str | None) -> None:
    assert validator(odd) is None


def test_validators_become_a_conditional_request() -> None:
    assert conditional(None, None) is None
    assert conditional('"a"', None) == {"If-None-Match": '"a"'}
    assert conditional("a\nb", "Sun") == {"If-Modified-Since": "Sun"}
    assert conditional("a\nb", None) is None


SAME = [
    "http://www.example.gov.cn/",
    "https://www.example.gov.cn/xwzx/index_2.html?page=3&b=%E5%8A%A8",
    "http://a.cn",
    "http://a-b_c.cn:8080/x//y;z=1/~u/@v/[w]",
    "http://127.0.0.1:33019/h1/c2/",
    "http://[::1]/",
]


@pytest.mark.parametrize("url", SAME)
def test_a_good_address_is_asked_as_it_is(url: str) -> None:
    assert (askable(url) or "").rstrip("/") == url.rstrip("/")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTP://WWW.A.CN/Path", "http://www.a.cn/Path"),
        ("http://a.cn/100%", "http://a.cn/100%25"),
        ("http://a.cn/%zz/%E5", "http://a.cn/%25zz/%E5"),
        ("http://a.cn/a\tb\r\nc", "http://a.cn/abc"),
        ("http://a.cn?x=1", "http://a.cn/?x=1"),
        ("http://a.cn/?q=\\d", "http://a.cn/?q=%5Cd"),
        ("http:\\\\a.cn\\b", "http://a.cn/b"),
        ("　http://a.cn/动 ", "http://a.cn/%E5%8A%A8"),
        ("http://u:p@a.cn/#f", "http://a.cn/"),
        ("http://县.政务.cn/", "http://xn--5nr.xn--zfr164b.cn/"),
        ("http://a.cn:/x", "http://a.cn/x"),
    ],
)
def test_an_odd_address_is_mended(url: str, expected: str) -> None:
    assert askable(url) == expected


def test_a_long_odd_address_is_mended_at_once() -> None:
    path = "a" * 2_000
    assert askable(f"http://a.cn/{path}^") == f"http://a.cn/{path}%5E"


@pytest.mark.parametrize(
    "url",
    ["", "a", "//a.cn/", "ftp://a.cn/", "http:///x", "http://a b/", "http://a..cn/", "http://a.cn:x/", "http://a.cn:70000/",
     "http://[::1/", "http://-/" + "a" * 5_000, "http://\udcb6/", "javascript:alert(1)", "http://a\x00.cn/"],
)  # fmt: skip
def test_what_is_no_address_is_none(url: str) -> None:
    assert askable(url) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("..\\up.html", "http://a.cn/up.html"),
        ("?page=2", "http://a.cn/b/c.html?page=2"),
        ("#top", "http://a.cn/b/c.html"),
        ("//b.cn", "http://b.cn/"),
        (escaped("/动态/".encode("gb18030")), "http://a.cn/%B6%AF%CC%AC/"),
        ("/a\r\n/b", "http://a.cn/a/b"),
        (escaped(b"http://\xd6\xd0\xce\xc4.cn/"), "http://xn--fiq228c.cn/"),
        ("", None),
        ("/" + "a" * 5_000, None),
        ("data:text/html,x", None),
        ("http://[bad/", None),
    ],
)
def test_locations_are_taken_to_the_page_they_came_with(value: str, expected: str | None) -> None:
    assert location_of("http://a.cn/b/c.html", value) == expected
