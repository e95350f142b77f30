"""Each dialect of the table: what is asked for its page, and what its answers prove."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.read import Page
from crawler.read.adapters import ADAPTERS, BY_NAME, AnswerForm, Request, at_path, load, read_answer, read_embedded, recognise
from crawler.read.document import Document, open_document
from crawler.read.entries import Triple
from tests.crawler.read import scripted_pages as pages
from tests.crawler.read.scripted_pages import HOST, NOW


def requests(markup: str, url: str, column: str | None = None) -> tuple[Request, ...]:
    recognised = recognise(markup, url, column or url)
    assert recognised is not None, "no dialect"
    assert recognised.why == ""
    return recognised.requests


def why(markup: str, url: str) -> str:
    recognised = recognise(markup, url, url)
    assert recognised is not None and recognised.requests == ()
    return recognised.why


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def document(text: str, url: str = pages.JPAAS_URL) -> Document:
    return open_document(Page(text.encode(), url, NOW))


def answered(name: str, text: str, url: str = pages.JPAAS_URL) -> Triple:
    return read_answer(BY_NAME[name].answer, document(text, url))


def test_every_dialect_of_the_table_has_a_page_here() -> None:
    told = {"jpaas": pages.JPAAS, "jpage": pages.JPAGE, "gkmlpt": pages.GKMLPT, "ucap": pages.UCAP}
    assert {adapter.name for adapter in ADAPTERS} == set(told)
    for name, markup in told.items():
        recognised = recognise(markup, HOST + "/", HOST + "/")
        assert recognised is not None and recognised.adapter.name == name


def test_a_page_of_no_dialect_is_not_recognised() -> None:
    assert recognise(pages.UNDATED, pages.UNDATED_URL, pages.UNDATED_URL) is None
    assert recognise(pages.JSON_PAGE, pages.JSON_URL, pages.JSON_URL) is None


# ---- jpaas ----


def test_jpaas_is_asked_with_all_that_query_data_holds() -> None:
    (request,) = requests(pages.JPAAS, pages.JPAAS_URL)
    assert request.url.startswith(f"{HOST}/api-gateway/jpaas-publish-server/front/page/build/unit?")
    assert query(request.url) == {
        "webId": "a1", "tplSetId": "t2", "pageType": "column", "tagId": "信息列表", "editType": "null",
        "parseType": "bulidstatic", "pageId": "p3",
    }  # fmt: skip
    assert request.method == "GET"


def test_jpaas_wants_a_referer_and_the_mark_of_a_script() -> None:
    (request,) = requests(pages.JPAAS, pages.JPAAS_URL + "#top")
    assert dict(request.headers) == {"Referer": pages.JPAAS_URL, "X-Requested-With": "XMLHttpRequest"}


@pytest.mark.parametrize(
    "attribute",
    [
        'queryData=\'{"webId":"a1","tagId":"列表"}\' count=\'9\'',
        'count="9" querydata="{&quot;webId&quot;:&quot;a1&quot;,&quot;tagId&quot;:&quot;列表&quot;}"',
        "queryData=\"{'webId':'a1','tagId':'列表'}\"",
    ],
)
def test_query_data_is_understood_in_any_quotes(attribute: str) -> None:
    markup = f"<div {attribute}></div>".replace("querydata", "queryData")
    (request,) = requests(markup, pages.JPAAS_URL)
    assert query(request.url) == {"webId": "a1", "tagId": "列表"}


def test_the_interface_that_the_page_names_is_asked() -> None:
    markup = pages.JPAAS.replace('pageNo="1"', 'pageNo="1" url="/gateway/jpaas-publish-server/front/page/build/unit"')
    assert requests(markup, pages.JPAAS_URL)[0].url.startswith(f"{HOST}/gateway/jpaas-publish-server/")


def test_two_lists_on_one_page_are_not_told_apart() -> None:
    other = pages.JPAAS + "<div queryData=\"{'webId':'a1','tagId':'热点'}\" count='3'></div>"
    assert why(other, pages.JPAAS_URL) == "several query on the page"


def test_query_data_without_its_ids_is_not_asked() -> None:
    assert why("<div queryData=\"{'rows':15}\" count='3'></div>", pages.JPAAS_URL) == "no query with webId and tagId"


def test_the_fragment_in_a_jpaas_answer_is_a_list() -> None:
    reading, items, _ = answered("jpaas", json.dumps({"success": True, "data": {"html": f"<ul>{pages.ROWS}</ul>"}}))
    assert (reading.state, reading.newest, reading.source, len(items)) == ("list", "2026-11-20", "api", 6)
    assert items[0].url == f"{HOST}/art/2026/art_{0:032x}.html"


@pytest.mark.parametrize(
    "answer",
    [
        {"success": True, "data": {"html": ""}},
        {"success": False, "code": "500", "message": "系统繁忙", "data": None},
        {"success": True, "data": {"html": "<div>暂无</div>"}},
        {"success": True, "data": {"html": "<ul></ul>", "count": 12}},
        {},
    ],
)
def test_an_empty_or_failed_jpaas_answer_proves_nothing(answer: object) -> None:
    assert answered("jpaas", json.dumps(answer))[0].state == "unknown"


# ---- jpage ----


def test_jpage_is_asked_by_get_then_by_post() -> None:
    first, second = requests(pages.JPAGE, pages.JPAGE_URL)
    assert first.url.startswith(f"{HOST}/module/jpage/dataproxy.jsp?startrecord=1&endrecord=45&perpage=15&")
    assert query(first.url)["columnid"] == "31" and query(first.url)["webname"] == "示例县"
    assert (first.method, second.method) == ("GET", "POST")
    assert second.url == f"{HOST}/module/jpage/dataproxy.jsp?startrecord=1&endrecord=45&perpage=15"
    assert dict(second.form)["unitid"] == "8025" and dict(second.form)["path"] == "/"


def test_the_ids_are_found_in_a_next_group_too() -> None:
    markup = (
        "<datastore><nextgroup><![CDATA[<a href=\"/module/jslib/jquery/jpage/dataproxy.jsp?page=1&appid=1&webid=60&path='/'"
        "&columnid=31&unitid=8025&webname='示例'&permissiontype=0\"></a>]]></nextgroup></datastore>"
    )
    request = requests(markup, pages.JPAGE_URL)[0]
    assert request.url.startswith(f"{HOST}/module/jslib/jquery/jpage/dataproxy.jsp?")
    assert query(request.url)["webid"] == "60" and query(request.url)["path"] == "/"


def test_several_units_on_one_page_are_not_told_apart() -> None:
    assert why(pages.JPAGE + "<script>x={'unitid':'9999'}</script>", pages.JPAGE_URL) == "several unitid on the page"


def test_a_jpage_without_ids_is_not_asked() -> None:
    assert why("<script>$('#8').jpage({encrypt:true})</script>", pages.JPAGE_URL) == "no columnid"


def test_records_are_a_list() -> None:
    reading, items, _ = answered("jpage", pages.records(total=386))
    assert (reading.newest, reading.source, reading.items, len(items)) == ("2026-11-20", "api", 6, 6)


def test_records_count_zero_only_where_the_answer_says_so() -> None:
    assert answered("jpage", pages.records("", 0))[0].state == "blank"
    assert answered("jpage", pages.records("", None))[0].state == "unknown"
    assert answered("jpage", pages.records("", 12))[0].state == "unknown"
    assert answered("jpage", "<datastore></datastore>")[0].state == "unknown"


def test_records_that_stand_in_the_page_need_no_request() -> None:
    triple = read_embedded(document(pages.EMBEDDED, pages.JPAGE_URL))
    assert triple is not None
    assert (triple[0].state, triple[0].newest, triple[0].source, len(triple[1])) == ("list", "2026-11-20", "row", 6)


def test_records_of_two_lists_in_one_page_are_not_told_apart() -> None:
    assert read_embedded(document(pages.EMBEDDED + pages.records(), pages.JPAGE_URL)) is None
    assert read_embedded(document(pages.JPAGE, pages.JPAGE_URL)) is None


# ---- gkmlpt ----


def test_gkmlpt_asks_for_the_category_of_the_columns_name() -> None:
    (request,) = requests(pages.GKMLPT, pages.GKMLPT_URL)
    assert request.url == f"{HOST}/gkmlpt/api/all/4032?page=1&sid=755001"


@pytest.mark.parametrize("fragment", ["#4099", "#/4099", "?cat=4099"])
def test_a_category_in_the_registers_address_comes_first(fragment: str) -> None:
    (request,) = requests(pages.GKMLPT, pages.GKMLPT_URL, pages.GKMLPT_URL + fragment)
    assert request.url == f"{HOST}/gkmlpt/api/all/4099?page=1&sid=755001"


def test_a_tree_that_does_not_name_the_column_is_not_asked() -> None:
    assert why(pages.GKMLPT.replace('content="政策文件"', 'content="人事任免"'), pages.GKMLPT_URL) == "no category"
    assert why(pages.GKMLPT.replace("SID:", "S:"), pages.GKMLPT_URL) == "no sid"


@pytest.mark.parametrize(
    ("tree", "category"),
    [
        ('[{"id": 5, "name": "a", "post_count": 2, "children": []}]', "5"),
        ('[{"id": 9, "name": "a", "children": [{"id": 5, "name": "b", "children": []}]}]', "5"),
        ("[{id: 5, name: 'a'}]", "5"),
        ('[{"id": 5, "name": "a", "children": []}, {"id": 6, "name": "b", "children": []}]', None),
        ('[{"id": 9, "name": "a", "children": [{"id": 5, "children": []}]}, {"id": 6, "children": []}]', None),
        ('[{"id": 9, "name": "a", "children": [{"id": 5, "children": []}, {"id": 6, "children": []}]}]', None),
    ],
)
def test_a_tree_of_one_branch_needs_no_name(tree: str, category: str | None) -> None:
    markup = f"<script>window._CONFIG = {{ SID:'7', TREE: {tree}, UPDATED: '2026-11-22' }};</script>"
    if category is None:
        assert why(markup, pages.GKMLPT_URL) == "no category"
    else:
        assert requests(markup, pages.GKMLPT_URL)[0].url == f"{HOST}/gkmlpt/api/all/{category}?page=1&sid=7"


def gkmlpt_answer(articles: list[dict[str, object]], count: int) -> str:
    return json.dumps({"classify": {"id": 4032, "post_count": count}, "articles": articles})


def test_gkmlpt_articles_bear_unix_seconds() -> None:
    row = {"id": 1, "title": "关于防汛的通知", "url": f"{HOST}/gkmlpt/content/1/1/post_1.html",
           "display_publish_time": 1_763_539_200, "created_at": "2025-11-19 16:00:00"}  # fmt: skip
    reading, items, _ = answered("gkmlpt", gkmlpt_answer([row], 9))
    assert (reading.newest or "")[:10] == "2025-11-19"
    assert reading.source == "api" and items[0].title == "关于防汛的通知"


def test_gkmlpt_is_blank_with_a_count_of_zero() -> None:
    assert answered("gkmlpt", gkmlpt_answer([], 0))[0].state == "blank"
    assert answered("gkmlpt", gkmlpt_answer([], 37))[0].state == "unknown"
    assert answered("gkmlpt", '{"articles": []}')[0].state == "unknown"
    assert answered("gkmlpt", '{"message": "Server Error"}')[0].state == "unknown"


# ---- ucap ----


def test_ucap_asks_for_its_channel() -> None:
    (request,) = requests(pages.UCAP, pages.UCAP_URL)
    assert urlsplit(request.url).path == "/common/search/0123456789abcdef0123456789abcdef"
    assert query(request.url) == {"page": "1", "_pageSize": "15", "_isAgg": "true", "_isJson": "true", "_template": "index"}


def test_ucap_results_are_a_list_and_a_total_of_zero_is_blank() -> None:
    row = {"title": "关于防汛的通知", "url": "/a/1.html", "publishedTimeStr": "2026-11-19 09:30:00"}
    reading, items, _ = answered("ucap", json.dumps({"data": {"total": 3, "results": [row]}}))
    assert reading.newest == "2026-11-19T09:30:00+08:00" and items[0].url == f"{HOST}/a/1.html"
    assert answered("ucap", '{"data":{"total":0,"results":[]}}')[0].state == "blank"
    assert answered("ucap", '{"data":{"total":0,"results":null},"code":500}')[0].state == "unknown"
    assert answered("ucap", '{"status":500,"message":"服务异常","data":null}')[0].state == "unknown"


# ---- the table and its paths ----


def test_a_path_opens_strings_that_hold_json() -> None:
    data = {"data": '{"rows": [{"title": "a"}], "n": 1}', "list": [{"x": 7}]}
    assert at_path(data, "data.rows") == [{"title": "a"}]
    assert at_path(data, "list.0.x") == 7
    assert at_path(data, "list.9.x") is None and at_path(data, "nothing.x") is None


def test_a_new_dialect_is_a_table_entry() -> None:
    table = load(
        """
        [[adapter]]
        name = "new"
        signs = ['newcms']
        ask = [{ url = "/api/{channel}", method = "POST", form = { page = "1", id = "{channel}" } }]
        answer = { read = "shape" }
        find = [{ name = "channel", forms = ['channel=(\\d+)'] }]
        """
    )
    recognised = recognise("newcms channel=77", JSON, JSON, table)
    assert recognised is not None
    assert recognised.requests == (Request(f"{HOST}/api/77", "POST", (("page", "1"), ("id", "77"))),)
    assert read_answer(recognised.adapter.answer, document(pages.JSON_ROWS))[0].newest == "2026-11-20"


JSON = pages.JSON_URL


def test_a_table_with_an_unknown_field_or_a_broken_form_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        load('[[adapter]]\nname="a"\nsigns=[]\nask=[]\nsing=["x"]')
    with pytest.raises(re.error):
        load('[[adapter]]\nname="a"\nsigns=["("]\nask=[]')


@given(st.text(max_size=300), st.sampled_from([pages.JPAAS, pages.JPAGE, pages.GKMLPT, pages.UCAP]), st.integers(0, 3000))
def test_any_page_is_recognised_or_not_but_never_raises(noise: str, markup: str, place: int) -> None:
    broken = markup[:place] + noise + markup[place + len(noise) :]
    recognised = recognise(broken, HOST + "/a", noise)
    assert recognised is None or bool(recognised.why) != bool(recognised.requests)


@given(st.one_of(st.text(max_size=200), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["data", "html", "articles", "classify", "post_count", "total", "results", "url", "title"]), inner
    ),
).map(json.dumps)))  # fmt: skip
def test_any_answer_gives_a_reading(text: str) -> None:
    for form in (*(adapter.answer for adapter in ADAPTERS), AnswerForm()):
        reading, _, _ = read_answer(form, document(text))
        assert reading.state in ("list", "blank", "unknown", "article")
