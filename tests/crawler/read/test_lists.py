"""Columns: every make of rows in every writing of dates, and the neighbours, clocks and events that must not count."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.read import Page, read
from crawler.records import Rules
from tests.crawler.read import scripted_pages
from tests.crawler.read.listpages import (
    NAVIGATION,
    NOW,
    PAGER,
    ROWS,
    SPLIT_ROWS,
    TODAY,
    URL,
    WRITINGS,
    Entry,
    days,
    entries,
    flag_names,
    found,
    framed,
    listed,
    newest,
    sidebar,
)


@pytest.mark.parametrize("writing", WRITINGS)
@pytest.mark.parametrize("make", ROWS)
def test_every_make_of_rows_is_read_in_every_writing_of_dates(make: str, writing: str) -> None:
    rows = entries(days(6), WRITINGS[writing])
    result = found(framed(listed(rows, ROWS[make]) + PAGER, right=sidebar()))
    assert (result.reading.newest or "")[:10] == "2026-11-18"
    assert (result.reading.oldest or "")[:10] == "2026-10-24"
    assert result.reading.source == "row"


@pytest.mark.parametrize("make", SPLIT_ROWS)
def test_a_date_in_pieces_or_out_of_sight_is_put_together(make: str) -> None:
    result = found(framed(listed(entries(days(6)), SPLIT_ROWS[make]) + PAGER, right=sidebar()))
    assert (result.reading.newest or "")[:10] == "2026-11-18"
    assert result.reading.dated == 6


@pytest.mark.parametrize("make", ["li, date last", "tr", "div", "br"])
@pytest.mark.parametrize("count", [1, 2, 3, 12, 60])
def test_a_list_is_read_whatever_its_length(make: str, count: int) -> None:
    rows = entries(days(count, step=1))
    result = found(framed(listed(rows, ROWS[make]) + PAGER, left=sidebar("推荐阅读", 8), right=sidebar(count=10)))
    assert result.reading.newest == "2026-11-18"
    assert (result.reading.items, result.reading.dated) == (count, count)


def test_items_carry_title_absolute_url_and_date() -> None:
    result = found(
        framed(listed(entries(days(3), href=lambda d, k: ["./a.html", "../tzgg/b.html", "https://mp.weixin.qq.com/s/c"][k])))
    )
    assert [(item.url, item.date) for item in result.items] == [
        ("http://www.qingxi.gov.cn/xwzx/gzdt/a.html", "2026-11-18"),
        ("http://www.qingxi.gov.cn/xwzx/tzgg/b.html", "2026-11-13"),
        ("https://mp.weixin.qq.com/s/c", "2026-11-08"),
    ]
    assert result.items[0].title == "青溪县第0次安全生产专项检查工作情况"
    assert (result.reading.title, result.reading.item_url) == (result.items[0].title, result.items[0].url)


def test_at_most_a_hundred_items_are_handed_on_but_all_are_counted() -> None:
    result = found(framed(listed(entries(days(130, step=1)))))
    assert len(result.items) == 100
    assert result.reading.items == 130


@pytest.mark.parametrize(
    ("shown", "value", "precision"),
    [("2026-11-18", "2026-11-18", "day"), ("2026-11-18 09:15", "2026-11-18T09:15:00+08:00", "minute"),
     ("2026-11-18 09:15:30", "2026-11-18T09:15:30+08:00", "second"), ("2026-11-18 00:00:00", "2026-11-18", "day")],
)  # fmt: skip
def test_the_reading_keeps_the_precision_of_the_page_and_its_raw_text(shown: str, value: str, precision: str) -> None:
    result = found(framed(listed(entries(days(5), lambda d: shown))))
    assert (result.reading.newest, result.reading.precision, result.reading.text) == (value, precision, shown)


# -- what must not count ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["热点新闻", "最新公告", "推荐阅读", "相关链接", "点击排行"])
@pytest.mark.parametrize("box", ["box", "sidebar", "right", "hot"])
def test_a_fresher_neighbour_with_more_rows_is_not_the_column(name: str, box: str) -> None:
    page = framed(listed(entries(days(3))), left=sidebar(name, 10, box=box), right=sidebar(name, 8, box=box))
    assert newest(page) == "2026-11-18"


@pytest.mark.parametrize("box", ["box", "sidebar"])
def test_a_dated_neighbour_does_not_stand_in_for_a_column_without_dates(box: str) -> None:
    bare = listed(entries(days(8)), lambda e: f"<li>{e.link}</li>")
    result = found(framed(bare, right=sidebar("最新公告", 10, box=box)))
    assert result.reading.newest is None
    assert result.reading.state == "unknown"
    assert "no_dates" in flag_names(result)
    assert len(result.items) == 8


def test_a_dated_neighbour_does_not_stand_in_for_a_column_filled_by_script() -> None:
    script = "<div id='list'></div><script>$.ajax({url:'/api',success:function(d){$('#list').html(d)}})</script>"
    assert found(framed(script, right=sidebar("通知公告", 12, box="box"))).reading.state == "dynamic"


@pytest.mark.parametrize(
    "decoy",
    [
        '<meta name="others" content="页面生成时间 2026-11-22 17:04:32">',
        "<div>今天是2026-11-22</div>",
        '<div class="top">2026年11月22日 星期日 <a href="/login">登录</a></div>',
        "<p>您是第20261122位访客</p>",
        "<script>var generated = '2026-11-22';</script>",
        "<!-- <li><a href='x.html'>旧文章的标题很长</a><span>2026-11-22</span></li> -->",
        "<div>最后更新：2026-11-22</div>",
        "<div style='display:none'>2026-11-22</div>",
        "<a href='/2026-11-22/banner.html'><img src='/upload/2026/11/22/1.jpg'></a>",
    ],
)
def test_clocks_stamps_counters_and_comments_do_not_count(decoy: str) -> None:
    for page in (decoy + framed(listed(entries(days(6)))), framed(decoy + listed(entries(days(6))) + decoy)):
        assert newest(page) == "2026-11-18"


@pytest.mark.parametrize(
    "title",
    [
        "关于2026年11月21日第九次会议的公告",
        "（2026年11月20日第354号公布）某某办法",
        "青府函〔2026〕12号关于印发方案的通知",
        "索引号2026-11-00021",
        "2026-11-21至2026-11-30活动安排的公告",
        "截至2026年11月21日的统计数据",
        "2026年度招考公告（2026年12月1日开考）",
    ],
)  # fmt: skip
def test_a_date_in_a_title_is_an_event_and_not_a_publication(title: str) -> None:
    rows = entries(days(6), title=lambda k: f"{title}之{k}")
    assert newest(framed(listed(rows))) == "2026-11-18"
    bare = found(framed(listed(rows, lambda e: f"<li>{e.link}</li>")))
    assert bare.reading.newest is None


def test_a_deadline_beside_the_publication_does_not_count() -> None:
    head = "<tr><th>标题</th><th>发布时间</th><th>截止时间</th></tr>"
    rows = "".join(
        f"<tr><td>{e.link}</td><td>{e.shown}</td><td>{e.day + timedelta(days=3)}</td></tr>" for e in entries(days(6))
    )
    assert newest(framed(f"<table>{head}{rows}</table>")) == "2026-11-18"
    labelled = listed(
        entries(days(6)), lambda e: f"<li>{e.link}<i>截止日期：{e.day + timedelta(days=3)}</i><b>发布日期：{e.shown}</b></li>"
    )
    assert newest(framed(labelled)) == "2026-11-18"


def test_the_date_of_writing_does_not_count_beside_the_date_of_publication() -> None:
    head = "<tr><td>名称</td><td>成文日期</td><td>发布日期</td></tr>"
    rows = "".join(
        f"<tr><td>{e.link}</td><td>{e.day + timedelta(days=1)}</td><td>{e.shown}</td></tr>" for e in entries(days(2))
    )
    assert newest(framed(f"<table>{head}{rows}</table>")) == "2026-11-18"


def test_a_lecture_with_its_weekday_is_an_event() -> None:
    rows = listed(
        entries(days(5)), lambda e: f"<li>{e.link}<p>{TODAY:%Y年%m月%d日}（星期日）上午10:30</p><i>{e.shown}</i></li>"
    )
    assert newest(framed(rows)) == "2026-11-18"


# -- order, pins, the future -------------------------------------------------------------------------------------------------


def test_a_pinned_old_row_on_top_is_flagged_and_the_newest_below_counts() -> None:
    result = found(framed(listed(entries([date(2020, 1, 2), *days(8)]))))
    assert result.reading.newest == "2026-11-18"
    assert "row 1 says 2020-01-02" in next(flag.evidence for flag in result.flags if flag.name == "pinned")
    assert "unordered" not in flag_names(result)


def test_a_list_in_no_order_is_flagged() -> None:
    shuffled = [date(2026, 1 + (7 * k) % 10, 5) for k in range(10)]
    assert "unordered" in flag_names(found(framed(listed(entries(shuffled)))))


def test_a_list_that_runs_upwards_over_several_pages_proves_nothing() -> None:
    upwards = listed(entries(list(reversed(days(8)))))
    result = found(framed(upwards + PAGER))
    assert (result.reading.state, result.reading.newest) == ("unknown", None)
    assert "oldest_first" in flag_names(result)
    assert len(result.items) == 8
    assert newest(framed(upwards)) == "2026-11-18"


def test_a_list_in_order_has_no_flag() -> None:
    assert flag_names(found(framed(listed(entries(days(9)))))) == set()


def test_a_date_in_the_future_is_flagged_and_not_used() -> None:
    result = found(framed(listed(entries([TODAY + timedelta(days=30), *days(5)]))))
    assert result.reading.newest == "2026-11-18"
    assert "future_date" in flag_names(result)


def test_tomorrows_date_is_used() -> None:
    assert newest(framed(listed(entries([TODAY + timedelta(days=1), *days(5)])))) == "2026-11-23"


def test_a_column_nobody_touched_for_years_is_read_as_what_it_is() -> None:
    assert newest(framed(listed(entries(days(6, date(1998, 5, 6)))))) == "1998-05-06"


# -- dates without a year, dates in URLs ---------------------------------------------------------------------------------------


def short(entry: Entry) -> str:
    return f"<li>{entry.link}<span>[{entry.day:%m-%d}]</span></li>"


def dated_url(day: date, k: int) -> str:
    return f"./{day:%Y%m}/t{day:%Y%m%d}_{k}.html"


def test_month_and_day_alone_are_not_taken_for_this_years() -> None:
    result = found(framed(listed(entries(days(8, date(2023, 9, 3))), short) + PAGER))
    assert (result.reading.state, result.reading.newest) == ("unknown", None)


def test_the_url_tells_the_year_of_a_row_that_shows_month_and_day() -> None:
    assert newest(framed(listed(entries(days(8, date(2023, 9, 3)), href=dated_url), short) + PAGER)) == "2023-09-03"


def test_rows_across_new_year_get_the_years_their_urls_tell() -> None:
    result = found(framed(listed(entries(days(8, date(2026, 1, 9)), href=dated_url), short) + PAGER))
    assert [item.date for item in result.items][:3] == ["2026-01-09", "2026-01-04", "2025-12-30"]


def test_order_gives_the_year_of_a_row_whose_url_tells_none() -> None:
    rows = entries(days(8, date(2024, 1, 9)), href=lambda d, k: "https://mp.weixin.qq.com/s/x" if k == 0 else dated_url(d, k))
    assert newest(framed(listed(rows, short) + PAGER)) == "2024-01-09"


def test_the_shown_date_counts_where_the_url_says_another() -> None:
    rows = entries(days(6), href=lambda d, k: f"./202612/t20261122_{k}.html")
    assert newest(framed(listed(rows))) == "2026-11-18"


def test_urls_date_a_list_whose_rows_show_none() -> None:
    result = found(
        framed(listed(entries(days(8), href=dated_url), lambda e: f"<li>{e.link}</li>") + PAGER, right=sidebar(count=9))
    )
    assert (result.reading.newest, result.reading.source) == ("2026-11-18", "url")


def test_urls_that_tell_only_the_month_do_not_date_a_list() -> None:
    rows = entries(days(8), href=lambda d, k: f"./{d:%Y%m}/{k:032x}.shtml")
    assert found(framed(listed(rows, lambda e: f"<li>{e.link}</li>") + PAGER)).reading.newest is None


# -- more than one block of the column -----------------------------------------------------------------------------------------


def test_the_newest_row_in_a_hidden_tab_counts() -> None:
    first, second = listed(entries(days(5))), listed(entries(days(5, TODAY)))
    page = framed(f'<div class="tab">{first}</div><div class="tab" style="display:none">{second}</div>')
    assert newest(page) == "2026-11-22"


def test_a_list_cut_into_groups_of_five_is_one_list() -> None:
    rows = entries(days(15))
    cut = "".join(listed(rows[k : k + 5]) + "<li class='line'></li>" for k in (0, 5, 10))
    assert found(framed(cut)).reading.dated == 15


def test_a_top_story_above_the_list_belongs_to_the_column() -> None:
    top = f'<div class="top"><h3><a href="./top.html">县委召开全体会议研究部署工作</a></h3><span>{TODAY}</span></div>'
    assert newest(framed(top + listed(entries(days(8))))) == "2026-11-22"


def test_two_lists_of_equal_right_that_disagree_are_not_decided() -> None:
    boxes = "".join(
        f'<div class="b{k}"><h3>工作动态</h3>{listed(entries(days(6, day), href=lambda d, n: f"/{n}"), name=f"l{k}")}</div>'
        for k, day in enumerate((date(2026, 3, 1), TODAY))
    )
    result = found(framed(boxes, crumb=False, heading=False), trace=True)
    assert result.reading.newest is None
    assert result.trace is not None
    assert {c.reason for c in result.trace.candidates} >= {"ambiguous"}


def test_letters_count_by_their_reply() -> None:
    rows = listed(
        entries(days(6)), lambda e: f"<li>{e.link}<i>[提交时间：{e.day - timedelta(days=9)}]</i>[回复时间：{e.day}]</li>"
    )
    assert newest(framed(rows + PAGER)) == "2026-11-18"


def test_rows_of_a_column_known_by_its_number_are_its_own() -> None:
    rows = entries(days(4), href=lambda d, k: f"/art/{d.year}/{d.month}/{d.day}/art_1234_{k}.html")
    page = framed(listed(rows), right=sidebar("公告", 12, box="box"), crumb=False, heading=False)
    assert newest(page, "http://www.qingxi.gov.cn/col/col1234/index.html") == "2026-11-18"


def test_rows_in_a_script_of_type_xml_are_read() -> None:
    records = "".join(f"<record><![CDATA[{ROWS['li, date last'](e)}]]></record>" for e in entries(days(5)))
    page = framed(f'<div id="1"><script type="text/xml"><datastore><recordset>{records}</recordset></datastore></script></div>')
    assert newest(page) == "2026-11-18"


# -- partial bodies, kinds, explain --------------------------------------------------------------------------------------------


def test_a_partial_page_gives_the_newest_found_and_says_so() -> None:
    whole = framed(listed(entries(days(12))))
    result = found(whole[: whole.index("第6次")], partial=True)
    assert result.reading.newest == "2026-11-18"
    assert "partial" in flag_names(result)


def test_the_trace_names_every_group_with_one_reason_and_the_winner_first() -> None:
    page = framed(listed(entries(days(8))) + PAGER, right=sidebar("热点新闻", 6, box="sidebar"))
    result = found(page, trace=True)
    assert result.trace is not None
    reasons = [candidate.reason for candidate in result.trace.candidates]
    assert reasons[0] == "chosen"
    assert reasons.count("chosen") == 1
    assert "sidebar" in reasons
    assert result.trace.candidates[0].newest == "2026-11-18"
    assert "2026-11-18" in result.trace.candidates[0].text
    assert result.reading == found(page).reading


def test_the_trace_names_the_records_in_the_page_that_are_taken_where_no_list_is_proved() -> None:
    trace = read(Page(scripted_pages.EMBEDDED.encode(), scripted_pages.JPAGE_URL, NOW), trace=True).trace
    assert trace is not None
    first, *others = trace.candidates
    assert (first.where, first.reason, first.rows, first.newest) == ("recordset > record", "chosen", 6, "2026-11-20")
    assert all(other.reason != "chosen" for other in others)


def test_without_being_asked_there_is_no_trace() -> None:
    assert found(framed(listed(entries(days(3))))).trace is None


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "big5hkscs", "utf-16"])
def test_a_list_is_read_in_any_charset(charset: str) -> None:
    result = found(framed(listed(entries(days(6)))).encode(charset, "replace"))
    assert result.reading.newest == "2026-11-18"


@given(
    make=st.sampled_from(sorted(ROWS)),
    writing=st.sampled_from(sorted(WRITINGS)),
    count=st.integers(3, 25),
    age=st.integers(0, 3_000),
    step=st.integers(0, 40),
    left=st.booleans(),
    right=st.integers(0, 12),
    pager=st.booleans(),
)
def test_whatever_stands_beside_it_the_columns_own_list_is_read(
    make: str, writing: str, count: int, age: int, step: int, left: bool, right: int, pager: bool
) -> None:
    first = TODAY - timedelta(days=age)
    rows = entries(days(count, first, step), WRITINGS[writing])
    page = framed(
        listed(rows, ROWS[make]) + (PAGER if pager else ""),
        left=sidebar("推荐阅读", 7, box="box") if left else "",
        right=sidebar("最新公告", right, box="box") if right else "",
    )
    assert newest(page) == first.isoformat()


def test_the_register_may_name_the_charset() -> None:
    body = framed(listed(entries(days(4)))).encode("gbk")
    assert found(body, rules=Rules(charset="gbk")).charset == "gb18030"


def test_a_relative_word_is_counted_back_from_the_looks_instant() -> None:
    words = ["27分钟前", "今天09:02", "昨天", "3天前", "2026-11-01"]
    rows = [Entry(f"第{k}篇文章的标题要写得长一些", f"./{k}.html", TODAY, word) for k, word in enumerate(words)]
    result = found(framed(listed(rows) + PAGER), now=NOW)
    assert [item.date for item in result.items] == [
        "2026-11-22",
        "2026-11-22T09:02:00+08:00",
        "2026-11-21",
        "2026-11-19",
        "2026-11-01",
    ]


def test_menus_without_dates_do_not_disturb() -> None:
    assert newest(framed(NAVIGATION * 3 + listed(entries(days(5)))), URL) == "2026-11-18"
