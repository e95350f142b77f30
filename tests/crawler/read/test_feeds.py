"""Feeds of four forms: the newest item counts, and nothing the channel says of itself."""

from datetime import datetime

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.read.document import Document, open_document
from crawler.read.entries import Triple
from crawler.read.feeds import is_feed, read_feed
from crawler.read.page import Page
from crawler.records import BEIJING, Flag

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=BEIJING)
URL = "https://bridge.example/feeds/1"


def opened(text: str | bytes) -> Document:
    return open_document(Page(text if isinstance(text, bytes) else text.encode(), URL, NOW))


def rss(*items: str, head: str = "") -> str:
    channel = f"<channel><title>某某发布</title>{head}{''.join(items)}</channel>"
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0">{channel}</rss>'


def item(date: str, title: str = "一则消息", tag: str = "pubDate") -> str:
    return f"<item><title>{title}</title><link>https://mp.example/s/{title}</link><{tag}>{date}</{tag}></item>"


def read(text: str | bytes) -> Triple:
    assert is_feed(opened(text).text)
    return read_feed(opened(text))


def names(flags: tuple[Flag, ...]) -> list[str]:
    return [flag.name for flag in flags]


def test_the_largest_item_date_counts_and_not_the_build_date_of_the_channel() -> None:
    head = "<pubDate>Sun, 22 Nov 2026 10:00:00 +0800</pubDate><lastBuildDate>Sun, 22 Nov 2026 10:00:00 +0800</lastBuildDate>"
    reading, items, flags = read(
        rss(item("Mon, 01 Jun 2026 08:00:00 GMT", "旧"), item("Fri, 05 Jun 2026 16:48:44 +0800", "新"), head=head)
    )
    assert (reading.newest, reading.precision, reading.source) == ("2026-06-05T16:48:44+08:00", "second", "feed")
    assert (reading.state, reading.items, reading.dated, reading.title) == ("feed", 2, 2, "新")
    assert reading.oldest == "2026-06-01T16:00:00+08:00"
    assert reading.item_url == "https://mp.example/s/新"
    assert [i.title for i in items] == ["旧", "新"]
    assert names(flags) == ["pinned"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Mon, 07 Sep 2026 18:07:11 +0800", "2026-09-07T18:07:11+08:00"),
        ("Mon, 07 Sep 2026 10:07:11 GMT", "2026-09-07T18:07:11+08:00"),
        ("2026-09-07T10:07:11Z", "2026-09-07T18:07:11+08:00"),
        ("2026-09-07T10:07:11.123Z", "2026-09-07T18:07:11+08:00"),
        ("2026-09-07T18:07:11+08:00", "2026-09-07T18:07:11+08:00"),
        ("2026-09-07 18:07:11", "2026-09-07T18:07:11+08:00"),
        ("2026年9月7日", "2026-09-07"),
        ("1788775631", "2026-09-07T18:07:11+08:00"),
        ("Mon, 07 Sep 2026 18:07:11", "2026-09-07T18:07:11+08:00"),
    ],
)
def test_item_dates_are_read_in_every_writing(written: str, value: str) -> None:
    assert read(rss(item(written)))[0].newest == value


def test_a_time_without_a_zone_is_beijing_time_and_says_so() -> None:
    assert names(read(rss(item("2026-09-07 18:07:11")))[2]) == ["naive_time"]
    assert names(read(rss(item("2026-09-07T18:07:11+08:00")))[2]) == []


def test_an_atom_entry_is_dated_by_its_publication_and_the_feed_by_no_update() -> None:
    text = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><updated>2026-11-22T01:00:00Z</updated>'
        '<entry><title type="html">&lt;b&gt;甲&lt;/b&gt;</title><link rel="self" href="/self"/><link href="/a.html"/>'
        "<published>2026-09-01T00:30:00Z</published><updated>2026-10-01T00:00:00Z</updated></entry>"
        '<entry><title>乙</title><link href="https://x.example/b"/><updated>2026-08-01T09:00:00+08:00</updated></entry></feed>'
    )
    reading, items, _ = read(text)
    assert reading.newest == "2026-09-01T08:30:00+08:00"
    assert [(i.title, i.url, i.date) for i in items] == [
        ("甲", "https://bridge.example/a.html", "2026-09-01T08:30:00+08:00"),
        ("乙", "https://x.example/b", "2026-08-01T09:00:00+08:00"),
    ]


def test_rdf_items_are_read() -> None:
    text = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><dc:date>2026-11-22</dc:date></channel>'
        '<item rdf:about="https://x.example/1"><title>甲</title><dc:date>2026-09-01</dc:date></item></rdf:RDF>'
    )
    reading, items, _ = read(text)
    assert (reading.newest, items[0].url) == ("2026-09-01", "https://x.example/1")


def test_a_json_feed_is_read() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "x",
        "items": [
            {"url": "https://x.example/1", "title": "甲", "date_published": "2026-09-01T00:00:05Z"},
            {"external_url": "https://x.example/2", "summary": "乙", "date_modified": "2026-08-01T00:00:05Z"},
            "no item",
        ],
    }
    reading, items, _ = read(orjson.dumps(feed))
    assert (reading.newest, reading.items) == ("2026-09-01T08:00:05+08:00", 2)
    assert items[1].url == "https://x.example/2"


def test_a_future_item_is_flagged_and_not_used() -> None:
    reading, _, flags = read(rss(item("2027-09-07T18:07:11+08:00", "早"), item("2026-09-01T18:07:11+08:00", "真")))
    assert reading.newest == "2026-09-01T18:07:11+08:00"
    assert "future" in names(flags)


def test_a_placeholder_of_1970_is_no_date() -> None:
    assert read(rss(item("Thu, 01 Jan 1970 00:00:00 GMT")))[0].newest is None


def test_an_empty_feed_proves_nothing() -> None:
    reading, items, flags = read(rss())
    assert (reading.state, reading.newest, items, names(flags)) == ("unknown", None, (), ["empty_feed"])


def test_entities_are_never_expanded() -> None:
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    text = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{bomb}<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    text += rss(item("2026-09-01", "&l11;&x;甲")).split("?>", 1)[1]
    reading, items, _ = read(text)
    assert reading.newest == "2026-09-01"
    assert "ha" not in items[0].title
    assert "root" not in items[0].title


def test_broken_markup_and_control_characters_do_not_hide_the_items() -> None:
    text = rss(item("2026-09-01", "甲\x0b\x00乙&nbsp;& 丙"), "<item><title>断")
    assert read(text)[0].newest == "2026-09-01"


def test_a_feed_in_gb18030_is_read_whatever_it_declares() -> None:
    text = rss(item("2026-09-01", "国务院")).replace("UTF-8", "gb2312")
    reading, items, _ = read(text.encode("gb18030"))
    assert (reading.newest, items[0].title) == ("2026-09-01", "国务院")


def test_pages_and_other_answers_are_no_feeds() -> None:
    for text in ("<html><head><rss></head>", "<!DOCTYPE html><html><feed>", '{"items":[]}', "", "<div>rss</div>", "<rssx/>"):
        assert not is_feed(text)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 400))
def test_any_bytes_give_a_value(noise: bytes, cut: int) -> None:
    whole = rss(item("2026-09-01"), item("2026-09-02")).encode()
    for body in (
        noise,
        whole[:cut],
        whole[:cut] + noise + whole[cut:],
        b'{"version":"https://jsonfeed.org/version/1","items":' + noise,
    ):
        reading, _, _ = read_feed(opened(body))
        assert reading.state in ("feed", "unknown")
