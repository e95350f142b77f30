"""What a column's page without a date leaves to be asked."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.read import Page, read
from crawler.read.page import Found
from crawler.read.wants import NO_PLAN, Plan, Want, follow, plan_of, same_host, wants_of
from crawler.records import Flag, Item, Reading
from tests.crawler.read import scripted_pages as pages
from tests.crawler.read.scripted_pages import FRAME_URL, HOST, JSON_URL, NOW, UNDATED_URL


def plan(markup: str, url: str, column: str | None = None) -> Plan:
    return plan_of(pages.found(markup, url), url, column or url, NOW)


def names(made: Plan) -> list[str]:
    return [flag.name for flag in made.flags]


def row(title: str, url: str | None) -> Item:
    return Item(title, url, None)


def test_a_page_that_told_its_date_costs_nothing_more() -> None:
    found = Found(Reading("list", newest="2026-11-20", items=5, dated=5), text=pages.JPAAS)
    assert plan_of(found, pages.JPAAS_URL, pages.JPAAS_URL, NOW) is NO_PLAN


@pytest.mark.parametrize("state", ["blank", "undated", "article", "feed", "none"])
def test_a_page_that_proved_something_else_is_left_alone(state: str) -> None:
    found = Found(Reading(state), text=pages.JPAAS)  # type: ignore[arg-type]
    assert wants_of(found, pages.JPAAS_URL, NOW) == ()


def test_a_dialect_of_the_table_comes_before_everything_else() -> None:
    made = plan(pages.JPAAS + "<iframe id='listmain' src='/a.html'></iframe>", pages.JPAAS_URL)
    assert made.dialect == "jpaas"
    assert [(want.purpose, want.adapter) for want in made.wants] == [("api", "jpaas")]


def test_a_dialect_whose_request_cannot_be_told_says_why() -> None:
    made = plan("<div queryData=\"{'rows':15}\" count='3'></div>" + pages.FILLER, pages.JPAAS_URL)
    assert made.wants == ()
    assert made.flags == (Flag("dynamic", "jpaas: no query with webId and tagId"),)


def test_an_interface_on_another_host_is_not_asked() -> None:
    markup = pages.JPAGE.replace("'/module/jpage/", "'http://other.gov.cn/module/jpage/").replace("http://other.gov.cn", "")
    assert plan(markup, pages.JPAGE_URL).wants
    found = Found(Reading("dynamic"), text=pages.JPAAS)
    made = plan_of(found, "ftp://nowhere/", "ftp://nowhere/", NOW)
    assert made.wants == () and names(made) == ["dynamic", "elsewhere"]


# ---- what the page's own scripts ask for ----


def test_the_address_that_the_script_asks_for_is_asked() -> None:
    (want,) = plan(pages.JSON_PAGE, JSON_URL).wants
    assert (want.url, want.purpose, want.method, want.own) == (f"{HOST}/data/tzgg/list_1.json?pageNo=1", "script", "GET", False)
    assert dict(want.headers)["Referer"] == JSON_URL


def test_an_address_of_the_columns_own_folder_comes_first() -> None:
    markup = pages.page("<ul id='x'></ul><script>$.get('/data/all.json',f); $.get('./list.json',g);</script>")
    first, second = plan(markup, JSON_URL).wants
    assert first.url == f"{HOST}/xwzx/tzgg/list.json" and first.own
    assert second.url == f"{HOST}/data/all.json" and not second.own


def test_a_posted_form_that_bears_the_columns_number_is_its_own() -> None:
    markup = pages.page(
        "<script>$.ajax({url:'/szinf/loadData?pageSize=15',type:'post',data:{pageIndex:1,channel_id:'88123'}})</script>"
    )
    (want,) = plan(markup, f"{HOST}/xxgk/88123/").wants
    assert (want.method, want.form, want.own) == ("POST", (("pageIndex", "1"), ("channel_id", "88123")), True)


@pytest.mark.parametrize(
    "address",
    [
        "/count.json",
        "/visit/add",
        "/api/weather",
        "/user/login",
        "/hotword",
        "/js/menu.json",
        "/inc/header.html",
        "/a.js",
        "/top.html",
    ],
)
def test_counters_menus_and_the_like_are_not_asked(address: str) -> None:
    assert plan(pages.page(f"<script>$.get('{address}', f)</script>"), JSON_URL).wants == ()


def test_no_more_than_three_addresses_are_tried() -> None:
    code = "".join(f"$.get('/data/list{n}.json',f);" for n in range(9))
    assert len(plan(pages.page(f"<script>{code}</script>"), JSON_URL).wants) == 3


def test_a_script_that_asks_another_host_is_only_told() -> None:
    made = plan(pages.page("<script>$.getJSON('http://data.other.cn/list.json', f)</script>"), JSON_URL)
    assert made.wants == () and made.flags == (Flag("elsewhere", "http://data.other.cn/list.json"),)


def test_the_page_itself_is_not_asked_again() -> None:
    assert plan(pages.page(f"<script>$.get('{JSON_URL}', f)</script>"), JSON_URL).wants == ()


def test_where_the_page_has_rows_that_may_be_the_lists_only_its_own_addresses_are_asked() -> None:
    rows = "".join(
        f"<li><a href='/xwzx/tzgg/{n}.html'>示例县召开第{n}次工作会议</a>{'<span>2026-11-15</span>' if n < 2 else ''}</li>"
        for n in range(8)
    )
    markup = pages.page(f"<ul>{rows}</ul><script>$.get('/data/list.json',f); $.get('list.json',g);</script>")
    assert pages.found(markup, JSON_URL).reading == Reading("unknown")
    assert [want.url for want in plan(markup, JSON_URL).wants] == [f"{HOST}/xwzx/tzgg/list.json"]


# ---- frames ----


def test_a_frame_that_may_hold_the_list_is_asked() -> None:
    (want,) = plan(pages.FRAME_PAGE, FRAME_URL).wants
    assert (want.url, want.purpose, want.own) == (f"{HOST}/xwzx/gzdt/list.html", "frame", True)


@pytest.mark.parametrize(
    "frame",
    [
        '<iframe name="mainlist" src="list.html" style="display:none"></iframe>',
        '<iframe name="mainlist" src="list.html" width="0" height="0"></iframe>',
        '<iframe name="mainlist" src="about:blank"></iframe>',
        '<iframe name="mainlist" src="/weather/list.html"></iframe>',
        '<iframe name="mainlist"></iframe>',
    ],
)
def test_a_frame_that_is_not_seen_or_holds_something_else_is_not_asked(frame: str) -> None:
    assert plan(pages.page(frame), FRAME_URL).wants == ()


def test_a_frame_of_another_host_is_only_told() -> None:
    made = plan(pages.page('<iframe id="list" src="http://list.other.gov.cn/a.html"></iframe>'), FRAME_URL)
    assert made.wants == () and names(made) == ["elsewhere"]


# ---- follow ----


def test_the_first_three_rows_of_a_list_without_dates_are_followed() -> None:
    wants = plan(pages.UNDATED, UNDATED_URL).wants
    assert [want.url for want in wants] == [f"{HOST}/xwzx/gzdt/{n}.html" for n in range(3)]
    assert {want.purpose for want in wants} == {"article"} and wants[0].title == pages.TITLES[0]


def test_a_list_of_an_interface_without_dates_is_followed_too() -> None:
    found = read(Page(b'[{"title":"a","url":"/a/1.html"},{"title":"b","url":"/a/2.html"}]', f"{HOST}/a.json", NOW))
    assert [want.url for want in wants_of(found, f"{HOST}/a.json", NOW)] == [f"{HOST}/a/1.html", f"{HOST}/a/2.html"]


def test_the_same_article_is_followed_once() -> None:
    rows = [row("一", f"{HOST}/1.html"), row("一", f"{HOST}/1.html#x"), row("二", f"{HOST}/2.html")]
    assert [want.url for want in follow(rows, UNDATED_URL).wants] == [f"{HOST}/1.html", f"{HOST}/2.html"]


@pytest.mark.parametrize(
    ("url", "flag"),
    [
        ("http://mp.weixin.qq.com/s/abc", "elsewhere"),
        (None, "unfollowed"),
        (f"{HOST}/files/a.pdf", "unfollowed"),
        ("javascript:open(1)", "unfollowed"),
        ("https://www.example.gov.cn:8443/a.html", "elsewhere"),
    ],
)
def test_nothing_is_followed_where_one_of_the_first_three_cannot_be(url: str | None, flag: str) -> None:
    made = follow([row("一", f"{HOST}/1.html"), row("二", url), row("三", f"{HOST}/3.html")], UNDATED_URL)
    assert made.wants == () and names(made) == [flag]


def test_only_the_first_three_matter() -> None:
    rows = [row(str(n), f"{HOST}/{n}.html") for n in range(3)] + [row("x", "http://other.cn/")]
    assert len(follow(rows, UNDATED_URL).wants) == 3


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://a.gov.cn/x", "https://A.gov.cn/y", True),
        ("http://a.gov.cn:80/x", "http://a.gov.cn", True),
        ("http://a.gov.cn:81/x", "http://a.gov.cn", False),
        ("http://user@a.gov.cn/x", "http://a.gov.cn", True),
        ("http://a.gov.cn.evil.cn/", "http://a.gov.cn", False),
        ("http://a.gov.cn\\@evil.cn/", "http://evil.cn/", False),
        ("ftp://a.gov.cn/", "http://a.gov.cn", False),
        ("", "", False),
    ],
)
def test_the_same_host_whatever_the_scheme(one: str, other: str, same: bool) -> None:
    assert same_host(one, other) is same


@given(
    st.binary(max_size=400),
    st.sampled_from([pages.JPAAS, pages.JSON_PAGE, pages.FRAME_PAGE, pages.UNDATED, pages.GKMLPT]),
    st.integers(0, 2500),
)
def test_any_bytes_give_a_plan_that_asks_only_this_host(noise: bytes, markup: str, place: int) -> None:
    raw = markup.encode()
    found = read(Page(raw[:place] + noise + raw[place:], JSON_URL, NOW))
    made = plan_of(found, JSON_URL, JSON_URL, NOW)
    assert len(made.wants) <= 3
    assert all(isinstance(want, Want) and same_host(want.url, JSON_URL) for want in made.wants)


@pytest.mark.parametrize(
    "piece",
    [
        "queryData=\"{'a':",
        "window._CONFIG = SID: TREE:[{",
        "columnid:'unitid:\"",
        "<iframe src=x ",
        "<script>url:'/a/'+b,",
        "<recordset",
    ],
)
def test_a_hostile_page_costs_a_moment_not_minutes(piece: str) -> None:
    found = Found(Reading("dynamic"), text=piece * (2_000_000 // len(piece)))
    begun = perf_counter()
    plan_of(found, JSON_URL, JSON_URL, NOW)
    assert perf_counter() - begun < 2
