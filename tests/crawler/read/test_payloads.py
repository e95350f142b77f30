"""Lists found by their shape in JSON, JSONP and XML; what proves that a list is empty, and what does not."""

import time
from datetime import datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.read.document import Document, open_document
from crawler.read.entries import Triple
from crawler.read.page import Page
from crawler.read.payloads import is_payload, read_payload
from crawler.records import BEIJING, Item, Reading, Rules

WIDE = "\u3000" * 2_040
"""White space that looks like nothing."""
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=BEIJING)
URL = "http://www.example.gov.cn/api/list"


def opened(body: Any) -> Document:
    raw = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else orjson.dumps(body)
    return open_document(Page(raw, URL, NOW))


def read(body: Any, rules: Rules | None = None) -> Triple:
    doc = opened(body)
    assert is_payload(doc.text, None)
    return read_payload(doc, rules)


def row(**more: Any) -> dict[str, Any]:
    return {"title": "关于某事的通知", "url": "/art/1.html", **more}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("publishedTimeStr", "2026-09-01 10:20:30"),
        ("publishTime", 1788229230),
        ("publishedTime", 1788229230000),
        ("pub_ts", "1788229230"),
        ("date", "1788229230000"),
        ("releaseTime", "2026-09-01T10:20:30"),
        ("created_at", "2026-09-01T02:20:30Z"),
        ("PUBLISHED_TIME_FORMAT", "2026-09-01 10:20:30"),
        ("addTime", "/Date(1788229230000)/"),
        ("fbsj", "20260901102030"),
        ("发布时间", "2026年9月1日 10:20:30"),
    ],
)
def test_times_are_read_under_many_names_and_writings(field: str, value: Any) -> None:
    rows = [row(**{field: value}), row(**{field: value})]
    reading, items, _ = read({"code": 0, "data": {"list": rows}})
    assert reading.newest == "2026-09-01T10:20:30+08:00"
    assert (reading.state, reading.source, reading.items, reading.dated) == ("list", "api", 2, 2)
    assert items[0] == Item("关于某事的通知", "http://www.example.gov.cn/art/1.html", "2026-09-01T10:20:30+08:00")


@pytest.mark.parametrize("value", ["2026-09-01", "2026-09-01 00:00:00", "20260901", 20260901, 1788192000000, "2026/9/1"])
def test_a_day_or_a_midnight_is_a_day(value: Any) -> None:
    reading, _, _ = read([row(infodate=value)])
    assert (reading.newest, reading.precision) == ("2026-09-01", "day")


def test_the_publication_counts_among_several_times() -> None:
    reading, _, _ = read(
        [
            row(
                baomingdate="2026-11-20 17:00:00",
                updateTime="2026-11-01",
                createTime="2026-08-30",
                infodate="2026-09-01",
                endTime=1795000000,
            )
        ]
    )
    assert reading.newest == "2026-09-01"


def test_numbers_that_are_no_times_are_not_taken_for_times() -> None:
    reading, items, _ = read(
        {"data": [{"title": "甲", "url": "/a", "id": 1788229230}, {"title": "乙", "url": "/b", "id": 1788229231}]}
    )
    assert (reading.newest, reading.items, len(items)) == (None, 2, 2)


def test_fields_may_stand_in_nested_objects_but_not_in_a_forwarded_post() -> None:
    rows = [
        {
            "basic": {"jump_url": "//x.example/1"},
            "modules": {"author": {"pub_time": "27分钟前", "pub_ts": 1788229230}, "dynamic": {"opus": {"title": "甲"}}},
            "orig": {"modules": {"author": {"pub_ts": 1795000000}}},
        },
        {
            "basic": {"jump_url": "//x.example/2"},
            "modules": {"author": {"pub_time": "2天前", "pub_ts": 1788142830}, "dynamic": {"opus": {"title": "乙"}}},
        },
    ]
    reading, items, _ = read({"code": 0, "data": {"items": rows}})
    assert reading.newest == "2026-09-01T10:20:30+08:00"
    assert [(i.title, i.url) for i in items] == [("甲", "http://x.example/1"), ("乙", "http://x.example/2")]


def test_the_newest_row_counts_wherever_it_stands() -> None:
    reading, _, flags = read([row(date="2020-01-01", isTop=1), row(date="2026-09-01"), row(date="2026-08-01")])
    assert reading.newest == "2026-09-01"
    assert reading.oldest == "2020-01-01"
    assert [flag.name for flag in flags] == ["pinned"]


def test_a_future_date_is_flagged_and_not_used() -> None:
    reading, _, flags = read([row(pubDate="2027-05-01"), row(pubDate="2026-09-01")])
    assert reading.newest == "2026-09-01"
    assert [flag.name for flag in flags] == ["future"]


def test_placeholders_are_no_dates() -> None:
    assert read([row(pubDate=0), row(pubDate="1970-01-01"), row(pubDate="")])[0].newest is None


@pytest.mark.parametrize(
    "text", ["cb({0});", "jQuery123_4({0})", '/**/ typeof cb === "function" && cb({0});', "var list = {0};", ";window.data={0}"]
)
def test_jsonp_and_script_assignments_are_opened(text: str) -> None:
    body = text.replace("{0}", orjson.dumps({"rows": [row(pubdate="2026-09-01")]}).decode())
    assert read(body)[0].newest == "2026-09-01"


def test_a_string_that_holds_json_is_opened() -> None:
    inner = orjson.dumps({"publish_list": [row(publish_time=1788229230)]}).decode()
    assert read({"publish_page": inner})[0].newest == "2026-09-01T10:20:30+08:00"


def test_an_xml_list_is_read_like_any_other() -> None:
    form = "<row><title>甲{0}</title><url>/a{0}.html</url><pubDate>2026-09-0{0}</pubDate></row>"
    rows = "".join(form.format(n) for n in (1, 3, 2))
    reading, items, _ = read(f'<?xml version="1.0" encoding="utf-8"?><result><total>3</total><rows>{rows}</rows></result>')
    assert (reading.newest, len(items)) == ("2026-09-03", 3)


def fragments(html: str, doc: Document) -> Triple:
    return Reading("list", title=str(html.count("<li>")), item_url=doc.url), (), ()


def test_rows_of_html_are_handed_to_the_list_reader() -> None:
    hanweb = (
        "<datastore><nextgroup><![CDATA[<a href=x></a>]]></nextgroup><recordset>"
        "<record><![CDATA[<li><a href=/art/2026/9/1/art_1_2.html>甲</a><b>2026-09-01</b></li>]]></record>"
        "<record><![CDATA[<li><a href=/art/2026/8/1/art_1_1.html>乙</a><b>2026-08-01</b></li>]]></record>"
        "</recordset></datastore>"
    )
    jpaas = {
        "success": True,
        "data": {"html": "<ul><li><a href=a>甲</a>2026-09-01</li><li><a href=b>乙</a>2026-08-01</li></ul>"},
    }
    for body in (hanweb, jpaas):
        doc = opened(body)
        assert is_payload(doc.text, None)
        assert read_payload(doc, None, fragments)[0].title == "2"
        assert read_payload(doc, None)[0].newest == "2026-09-01"


def test_the_path_of_the_register_chooses_the_array() -> None:
    body = {"hot": [row(date="2026-11-20"), row(date="2026-11-19")], "data": {"list": [row(date="2026-09-01")]}}
    assert read(body, Rules(json_path="data.list"))[0].newest == "2026-09-01"
    reading, _, flags = read(body, Rules(json_path="data.rows"))
    assert (reading.state, [flag.name for flag in flags]) == ("unknown", ["json_path"])


@pytest.mark.parametrize(
    "body",
    [
        {"code": 0, "data": {"total": 0, "list": []}},
        {"total": "0", "rows": []},
        {"classify": {"post_count": 0}, "articles": [], "count": 0},
        {"success": True, "data": {"html": "", "total": 0}},
        {"code": 200, "data": {"totalElements": 0, "content": None}},
        "<datastore><totalrecord>0</totalrecord><recordset></recordset></datastore>",
    ],
)
def test_a_total_of_nothing_beside_an_empty_list_is_blank(body: Any) -> None:
    assert read(body)[0].state == "blank"


@pytest.mark.parametrize(
    "body",
    [
        {"code": 0, "data": {"list": []}},
        {"code": 500, "msg": "系统错误", "data": {"total": 0, "list": []}},
        {"success": False, "message": "无权限", "total": 0, "rows": []},
        {"total": 12, "rows": []},
        {"likes": {"count": 0}, "list": [{"x": 1}]},
        {"count": 0},
        {"total": 0, "rows": [], "other": [1, 2]},
        {"total": False, "rows": []},
        [],
        {},
        "<datastore></datastore>",
    ],
)
def test_anything_less_is_not_blank(body: Any) -> None:
    reading, _, _ = read(body)
    assert (reading.state, reading.newest) == ("unknown", None)


def test_an_answer_that_reports_an_error_says_so() -> None:
    reading, _, flags = read({"code": -352, "message": "风控校验失败", "ttl": 1})
    assert (reading.state, [(flag.name, flag.evidence) for flag in flags]) == ("unknown", [("api_error", "风控校验失败")])


def test_cut_or_foreign_text_proves_nothing() -> None:
    whole = orjson.dumps({"data": [row(date="2026-09-01")]})
    reading, _, flags = read(whole[:-8])
    assert (reading.state, [flag.name for flag in flags]) == ("unknown", ["broken_payload"])


def test_pages_are_no_payloads() -> None:
    for text in (
        "<html></html>",
        "<!DOCTYPE html><p>",
        "",
        "  ",
        "[通知] 关于",
        "<ul><li>x</li></ul>",
        "<?xml version='1.0'?><html xmlns='x'>",
        "hello",
    ):
        assert not is_payload(text, "application/json")


def test_a_feed_is_no_payload() -> None:
    assert not is_payload("<?xml version='1.0'?><rss version='2.0'></rss>", "text/xml")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["title", "url", "date", "total", "list", "code", "x"]), inner, max_size=4)
    ),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(values, st.integers(0, 200), st.binary(max_size=60))
def test_any_shape_and_any_bytes_give_a_value(value: Any, cut: int, noise: bytes) -> None:
    try:
        whole = orjson.dumps(value)
    except TypeError:  # an integer of more than 64 bits
        whole = b"[]"
    for body in (whole, whole[:cut], whole[:cut] + noise, noise, b"<data>" + noise + b"</data>", b"cb(" + whole + b")"):
        for rules in (None, Rules(json_path="list.0")):
            assert read_payload(opened(body), rules)[0].state in ("list", "blank", "unknown")


@pytest.mark.parametrize(
    "text", [WIDE, f"<!-- x -->{WIDE}", f";{WIDE}", f"var{WIDE}x", f"x{WIDE}y", f"{WIDE}<root>", f"<?xml?>{WIDE}<"]
)
def test_white_space_of_any_length_is_told_from_an_answer_at_once(text: str) -> None:
    begun = time.process_time()
    is_payload(text, None)
    assert time.process_time() - begun < 0.05


def test_a_wrapped_answer_may_begin_with_wide_white_space() -> None:
    assert is_payload(f'{WIDE[:9]}callback( [{{"title": 1}}])', None)
