"""Whose page it is, as the page says: mandated tags, 找错 code, ICP number."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.read.document import Document
from crawler.read.marks import find_marks, head_of, metas, read_marks
from crawler.records import BEIJING

HEAD = (
    '<meta charset="utf-8"><meta name="SiteName" content="某某县人民政府">'
    "<META NAME=SiteDomain CONTENT=www.example.gov.cn />"
    '<meta content="5115000001" name="SiteIDCode"/><meta name="ColumnName" content="通知&amp;公告">'
    '<meta name="ColumnType" content="通知公告">'
)
FOOT = (
    '<a href="https://zfwzgl.www.gov.cn/exposure/jiucuo.html?site_code=5115000001&url=x">找错</a>'
    '<p>备案号：<a href="https://beian.miit.gov.cn/">蜀ICP备12345678号-1</a> 川公网安备 51150202000001号</p>'
)


def page(head: str = HEAD, foot: str = FOOT) -> str:
    return f"<html><head>{head}</head><body>{'<p>正文</p>' * 300}{foot}</body></html>"


def flags(text: str) -> dict[str, str]:
    doc = Document(text, "http://www.example.gov.cn/", datetime(2026, 11, 22, tzinfo=BEIJING))
    return {flag.name: flag.evidence for flag in read_marks(doc)}


def test_the_mandated_tags_and_the_footer_are_read() -> None:
    marks = find_marks(page())
    assert (marks.site_name, marks.site_domain, marks.site_id_code) == ("某某县人民政府", "www.example.gov.cn", "5115000001")
    assert (marks.column_name, marks.column_type) == ("通知&公告", "通知公告")
    assert (marks.code, marks.icp) == ("5115000001", "蜀ICP备12345678号-1")


def test_marks_become_flags_with_their_values() -> None:
    assert flags(page()) == {
        "site_id_code": "5115000001",
        "site_domain": "www.example.gov.cn",
        "column_name": "通知&公告",
        "icp": "蜀ICP备12345678号-1",
    }


@pytest.mark.parametrize(
    "foot",
    [
        '<script src="https://zfwzgl.www.gov.cn/exposure/jiucuo.js" id="_jiucuo_" sitecode="bm14000002"></script>',
        '<img src="/exposure/images/jiucuo.png?v=bm14000002">',
        "<p>网站标识码：bm14000002</p>",
        '<a href="https://zfwzgl.www.gov.cn/exposure/jiucuo.html?site_code=bm14000002&amp;url=">',
    ],
)
def test_the_code_is_read_from_the_footer_where_the_tag_is_missing(foot: str) -> None:
    assert flags(page("", foot))["site_id_code"] == "bm14000002"


def test_codes_that_differ_are_told() -> None:
    told = flags(page(HEAD.replace("5115000001", "4401000059")))
    assert told["site_id_code"] == "4401000059"
    assert told["marks_disagree"] == "SiteIDCode 4401000059, 找错 5115000001"


def test_placeholders_of_a_template_are_no_marks() -> None:
    told = flags(page('<meta name="SiteName" content="网站名称"><meta name="ColumnName" content="null">', ""))
    assert told == {"placeholder_meta": "sitename columnname"}


@pytest.mark.parametrize("code", ["N000000672", "123456789", "51150000012", "", "bm1234"])
def test_what_is_no_code_is_not_taken_for_one(code: str) -> None:
    assert "site_id_code" not in flags(page(f'<meta name="SiteIDCode" content="{code}">', ""))


def test_a_tag_in_a_comment_or_in_the_body_is_not_read() -> None:
    text = '<head><!-- <meta name="SiteName" content="甲"> --></head><body><meta name="SiteName" content="乙"></body>'
    assert find_marks(text).site_name is None


@pytest.mark.parametrize(
    "written", ["京ICP备05082108号-1", "京ICP备13026484", "京ICP备05032222-1号", "京ICP证030173号", "粤ICP备 12345678 号"]
)
def test_icp_numbers_are_read_as_they_are_written(written: str) -> None:
    assert find_marks(page("", f"<p>版权所有 {written}</p>")).icp == written.replace(" ", "")


def test_the_first_tag_of_a_name_that_is_not_empty_counts() -> None:
    head = (
        '<meta name="PubDate" content=""><meta name="pubdate" content="2026-01-01"><meta name="PubDate" content="2020-01-01">'
    )
    assert metas(head) == {"pubdate": "2026-01-01"}


def test_quotes_may_hold_brackets_and_may_be_missing() -> None:
    head = "<meta name=a content='1 > 0'><meta name='b' content=2><meta name=\"c\" content=\"x<y\">"
    assert metas(head) == {"a": "1 > 0", "b": "2", "c": "x<y"}


@given(st.text(max_size=200))
def test_any_text_gives_marks(noise: str) -> None:
    for text in (noise, HEAD + noise, page(noise, noise), "<meta name='" + noise):
        assert isinstance(flags(text), dict)
        assert len(head_of(text)) <= 65_536
