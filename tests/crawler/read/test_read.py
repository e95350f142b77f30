"""The dispatcher: a page is read as what it is, and any bytes at all give a reading, never an exception."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.read import KIND_NAMES, READER, Found, Page, PageKind, read
from crawler.read.document import open_document
from crawler.records import Rules
from tests.crawler.read.listpages import (
    NOW,
    PAGER,
    ROWS,
    URL,
    days,
    entries,
    flag_names,
    found,
    framed,
    listed,
    newest,
    sidebar,
)

PAGE = framed(listed(entries(days(6))) + PAGER, right=sidebar())
KINDS: tuple[PageKind, ...] = ("home", "probe", "column", "account", "report", "article")
ARTICLE = (
    '<html><head><title>通知</title><meta name="ArticleTitle" content="关于开展检查的通知">'
    '<meta name="PubDate" content="2026-11-17 09:30"></head><body><h1>关于开展检查的通知</h1>'
    '<div>发布时间：2026-11-17 09:30　来源：县政府办</div><div class="TRS_Editor">'
    f"{'正文的一段话。' * 60}</div>{sidebar('相关新闻', 6)}</body></html>"
)


def test_a_column_that_is_an_article_is_read_as_one() -> None:
    result = found(ARTICLE)
    assert (result.reading.state, (result.reading.newest or "")[:10]) == ("article", "2026-11-17")


def test_an_article_that_was_followed_gives_its_publication_or_unknown() -> None:
    assert (found(ARTICLE, kind="article").reading.newest or "")[:10] == "2026-11-17"
    assert found("<html><body><p>没有日期的一页</p></body></html>", kind="article").reading.state == "unknown"


def test_a_list_is_not_taken_for_an_article() -> None:
    assert found(PAGE).reading.state == "list"


def test_feeds_and_answers_of_interfaces_are_read_by_their_own_readers() -> None:
    feed = (
        '<?xml version="1.0"?><rss version="2.0"><channel><item><title>一</title>'
        "<pubDate>Tue, 17 Nov 2026 09:00:00 +0800</pubDate></item></channel></rss>"
    )
    assert found(feed).reading.state == "feed"
    answer = '{"data":{"list":[{"title":"一条消息","url":"/a.html","publishTime":"2026-11-17 09:00:00"}]}}'
    assert (found(answer).reading.newest or "")[:10] == "2026-11-17"
    assert found(answer).reading.source == "api"


def test_the_pages_marks_and_title_are_handed_on() -> None:
    page = PAGE.replace(
        "<head>", '<head><meta name="SiteIDCode" content="5115000001"><meta name="ColumnName" content="工作动态">'
    )
    result = found(page)
    assert flag_names(result) >= {"site_id_code", "column_name"}
    assert result.title == "工作动态_青溪县人民政府"
    assert result.text == page
    assert result.charset == "utf-8"


def test_every_word_a_manifest_uses_for_a_kind_is_known() -> None:
    assert set(KIND_NAMES.values()) <= set(KINDS)
    assert KIND_NAMES["list"] == "column"
    assert READER >= 1


def test_the_tree_holds_what_stands_behind_a_nul_and_behind_broken_bytes() -> None:
    body = "<ul><li>一</li>".encode() + b"\0\xff\xfe" + "<li>二</li></ul>".encode()
    root = open_document(Page(body, URL, NOW)).root
    assert len(root.findall(".//li")) == 2


@pytest.mark.parametrize("body", [b"", b"\0", b"   ", b"\xff\xfe", b"\xef\xbb\xbf", b"<", b"<!--", b"\x1b[2J"])
def test_a_tree_can_be_asked_of_anything(body: bytes) -> None:
    assert open_document(Page(body, URL, NOW)).root is not None


def test_records_are_free_of_control_characters() -> None:
    rows = entries(days(5), title=lambda k: f"标题\x1b[31m\x00\x85含有控制字符\u2028之{k}")
    result = found(framed(listed(rows, ROWS["li, date first"])))
    assert result.reading.newest == "2026-11-18"
    assert all(item.title.isprintable() for item in result.items)


def test_a_title_of_a_megabyte_is_cut() -> None:
    rows = entries(days(3), title=lambda k: "长" * 100_000)
    result = found(framed(listed(rows, lambda e: f"<li><a href='{e.href}'>{e.title}</a><i>{e.shown}</i></li>")))
    assert all(len(item.title) <= 200 for item in result.items)


HUGE = {
    "a hundred thousand li": "<ul>" + "<li>一</li>" * 100_000,
    "li with links": "<ul>" + '<li><a href="/a.html">十个字以上的一条标题内容</a></li>' * 30_000,
    "fifty thousand dates": "<p>" + "2026-01-02 " * 50_000,
    "dated rows": "<ul>" + "<li><a href=a>标题</a>2026-01-02</li>" * 40_000,
    "nested five thousand deep": "<div>" * 5_000 + "<ul><li><a href=x>标题标题</a>2026-01-01</li></ul>" + "</div>" * 5_000,
    "nested with dates": "<div>2026-01-01 <a href=x>标题</a>" * 5_000,
    "one line": "中" * 700_000,
    "angle brackets": "<" * 2_000_000,
    "comments": "<!--" * 500_000,
    "scripts": "<script>" * 250_000,
    "quotes": '<a href="' * 220_000,
    "spaces": "> " * 1_000_000,
    "full-width spaces": "\u3000" * 600_000,
    "digits": "20" * 1_000_000,
    "half dates": "2026-" * 400_000,
    "unclosed cells": "<td>2026-01-01" * 140_000,
    "euro bytes": "\x80" * 1_000_000,
}


@pytest.mark.parametrize("name", HUGE)
@pytest.mark.parametrize("kind", ["column", "home"])
def test_pages_made_to_exhaust_a_reader_are_read(name: str, kind: PageKind) -> None:
    result = found(HUGE[name], kind=kind)
    assert result.reading.state in ("list", "unknown", "dynamic")
    assert result.reading.newest is None or result.reading.newest[:10] in ("2026-01-01", "2026-01-02")


def test_a_page_longer_than_is_looked_at_says_so_and_is_never_blank() -> None:
    result = found(framed("<ul></ul><div>暂无内容</div>" + "<p>很长的一段话</p>" * 40_000))
    assert result.reading.state == "unknown"
    assert "cut_short" in flag_names(result)


def plausible(result: Found) -> bool:
    reading = result.reading
    dates = [reading.newest, reading.oldest, *(item.date for item in result.items)]
    return reading.dated <= reading.items and all("1990" <= value[:10] <= "2026-11-23" for value in dates if value)


@given(st.binary(max_size=600), st.sampled_from(KINDS))
def test_random_bytes_give_a_reading(body: bytes, kind: PageKind) -> None:
    assert plausible(found(body, kind=kind))


@given(st.integers(0, len(PAGE)), st.sampled_from(["utf-8", "gb18030", "utf-16-le"]), st.sampled_from(KINDS))
def test_a_page_cut_anywhere_gives_a_reading(length: int, charset: str, kind: PageKind) -> None:
    result = found(PAGE.encode(charset)[:length], kind=kind, partial=True)
    assert plausible(result)
    assert result.reading.state != "blank"


@given(st.integers(0, 10_000), st.sampled_from(sorted(ROWS)), st.sampled_from(KINDS))
def test_a_page_with_random_damage_gives_a_reading(seed: int, make: str, kind: PageKind) -> None:
    chance = random.Random(seed)
    body = bytearray(framed(listed(entries(days(5)), ROWS[make]), right=sidebar(count=4)).encode())
    for _ in range(chance.randint(1, 60)):
        at = chance.randrange(len(body))
        if chance.random() < 0.5:
            body[at] = chance.randrange(256)
        else:
            del body[at : at + chance.randint(1, 30)]
    assert plausible(found(bytes(body), kind=kind))


PIECES = (
    *(
        "<li>",
        "</li>",
        "<a href='x.html'>",
        "</a>",
        "<ul>",
        "</ul>",
        "<tr>",
        "<td>",
        "</td>",
        "<!--",
        "-->",
        "<script>",
        "</script>",
    ),
    *("2026-11-02", "11-02", "标题的文字内容", "[", "）", "&nbsp;", "\0", "3天前", "2026年", "暂无内容", "共0条"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.sampled_from(KINDS))
def test_any_order_of_the_pieces_of_a_list_gives_a_reading(parts: list[str], kind: PageKind) -> None:
    assert plausible(found("".join(parts), kind=kind))


@given(st.text(max_size=30), st.text(max_size=60))
def test_any_selector_and_any_url_give_a_reading(selector: str, url: str) -> None:
    result = read(Page(PAGE.encode(), url, NOW, "column", None, Rules(selector=selector) if selector else None))
    assert plausible(result)


def test_the_wrong_charset_in_the_header_does_not_harm() -> None:
    assert read(Page(PAGE.encode("gbk"), URL, NOW, "column", "text/html; charset=utf-8")).reading.newest == "2026-11-18"
    assert read(Page(PAGE.encode(), URL, NOW, "column", "text/html; charset=gb2312")).reading.newest == "2026-11-18"


def test_an_address_that_is_none_does_not_harm() -> None:
    for url in ("", "x", "http://", "http://[::1", "//", "javascript:alert(1)"):
        assert newest(PAGE, url) == "2026-11-18"
