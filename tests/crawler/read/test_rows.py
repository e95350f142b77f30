"""Rows and groups: what repeats around dates, and the short way to it, which must give the same answer."""

from hypothesis import given
from hypothesis import strategies as st

from crawler.read import Page
from crawler.read.lists import ListFound, read_list
from crawler.read.outline import outline
from crawler.read.regular import regular_groups
from crawler.read.rows import find_groups
from crawler.read.scan import all_writings, with_year
from tests.crawler.read.listpages import NOW, PAGER, ROWS, TODAY, URL, WRITINGS, days, entries, framed, listed, sidebar


def both_ways(page: str) -> tuple[ListFound, ListFound]:
    asked = Page(b"", URL, NOW)
    return read_list(page, asked), read_list(page, asked, short_way=False)


def groups(text: str) -> list[tuple[str, int]]:
    positions = with_year(text)
    return [(group.where.rpartition(" > ")[2], len(group.rows)) for group in find_groups(outline(text, positions), positions)]


def test_rows_of_one_make_are_one_group_and_a_neighbour_is_another() -> None:
    text = framed(listed(entries(days(8))), right=sidebar(count=4))
    found = find_groups(outline(text, with_year(text)), with_year(text))
    assert [len(group.rows) for group in found if group.name == "li"] == [8, 4]


def test_rows_without_a_date_belong_to_their_group() -> None:
    rows = [ROWS["li, date last"](e) for e in entries(days(4))]
    text = f"<ul>{rows[0]}<li><a href='x.html'>一条没有日期的消息</a></li>{''.join(rows[1:])}<li class='line'></li></ul>"
    (group,) = find_groups(outline(text, with_year(text)), with_year(text))
    assert [bool(row.dates) for row in group.rows] == [True, False, True, True, True]


def test_two_dates_in_a_row_do_not_make_two_rows() -> None:
    text = "<ul>" + "<li><a href='a'>2025年5月1日活动</a><span>2026-11-02</span></li>" * 4 + "</ul>"
    (group,) = find_groups(outline(text, with_year(text)), with_year(text))
    assert [len(row.dates) for row in group.rows] == [2, 2, 2, 2]


def test_cells_of_one_table_row_are_no_rows() -> None:
    text = "<table>" + "<tr><td><a href='a'>2025年预算</a></td><td>2026-11-02</td></tr>" * 4 + "</table>"
    assert groups(text) == [("tr", 4)]


def test_links_and_dates_without_blocks_are_cut_at_the_links() -> None:
    assert groups("<div>" + "<a href='a'>标题</a> 2026-11-02<br>" * 5 + "</div>") == [("(cut)", 5)]
    assert groups("<div>" + "2026-11-02 <a href='a'>标题</a><br>" * 5 + "</div>") == [("(cut)", 5)]


def test_dates_in_urls_and_class_names_are_no_positions() -> None:
    text = '<a href="/2026/11/02/a.html" class="c2026-11"><img src="/2026-11-02.jpg"></a>'
    text += '<time datetime="2026-11-02">x</time> 2026-11-03'
    assert [text[at : at + 10] for at in with_year(text)] == ["2026-11-02", "2026-11-03"]


def test_rarer_writings_are_found_on_the_second_look() -> None:
    text = "<b>09-03</b><b>3天前</b><b>二〇二六年三月一日</b><b>20260903</b><b>Sep 3, 2026</b><b>２０２６年９月</b><b>第3期</b>"
    begins = [text[at : at + 3] for at in all_writings(text)]
    assert set(begins) >= {"09-", "3天前", "二〇二", "202", "Sep", "２０２"}
    assert "第3期" not in begins


@given(
    st.lists(
        st.sampled_from(["2026-11-20", "1998/3/4", "11-20", "<b>", "</b>", "<a href='2026-1/'>", " ", "第20期"]), max_size=30
    )
)
def test_the_second_look_holds_what_the_first_one_found(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert all_writings(text, with_year(text)) == all_writings(text)


def test_a_list_in_parts_and_one_that_ends_in_an_empty_row_go_the_short_way() -> None:
    rows = entries(days(8))
    parts = framed(f"{listed(rows[:4])}\n{listed(rows[4:])}")
    groups = regular_groups(parts, with_year(parts))
    assert groups is not None
    assert [len(group.rows) for group in groups] == [8]
    cleared = framed(listed(entries(days(8)))).replace("</ul>", '<li class="clear"></li></ul>')
    assert regular_groups(cleared, with_year(cleared)) is not None
    linked = framed(listed(entries(days(8)))).replace("</ul>", '<li><a href="x.html">没有日期</a></li></ul>')
    assert regular_groups(linked, with_year(linked)) is None


def test_the_short_way_is_taken_for_plain_lists_and_only_for_them() -> None:
    plain = framed(listed(entries(days(8))) + PAGER, right=sidebar())
    assert regular_groups(plain, with_year(plain)) is not None
    for make in ("li, with an attachment list", "div", "br", "li, unclosed", "blocks in a link"):
        text = framed(listed(entries(days(8)), ROWS[make]))
        assert regular_groups(text, with_year(text)) is None


@given(
    make=st.sampled_from(sorted(ROWS)),
    writing=st.sampled_from(sorted(WRITINGS)),
    count=st.integers(1, 12),
    side=st.sampled_from(["", *ROWS]),
    between=st.sampled_from(
        [
            "",
            "<li></li>",
            "</ul><b>x</b><ul>",
            "</ul></div><div><ul>",
            "<!-- x -->",
            "<div></div>",
            "<li><a href='y'>没有日期的一条消息</a></li>",
            "<hr>",
            "</ul><ul>",
        ]
    ),
    tail=st.sampled_from(["", "2026-11-21", "<p>2026年11月</p>", "<script>var d='2026-11-21'</script>", "<!-- 2026-11-21 -->"]),
)
def test_the_short_way_gives_the_same_answer(make: str, writing: str, count: int, side: str, between: str, tail: str) -> None:
    row = ROWS[make]
    rows = listed(entries(days(count), WRITINGS[writing]), lambda e: row(e) + between)
    page = framed(rows + tail + PAGER, right=sidebar("公告", 4, TODAY, side, "box") if side else "")
    short, long = both_ways(page)
    assert (short.reading, short.items, short.flags) == (long.reading, long.items, long.flags)


@given(st.data())
def test_the_short_way_gives_the_same_answer_on_damaged_pages(data: st.DataObject) -> None:
    page = framed(
        listed(entries(days(6)), ROWS[data.draw(st.sampled_from(["li, date last", "tr", "li, blocks"]))]) + PAGER,
        right=sidebar(count=4),
    )
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(page)))
        page = (
            page[:start]
            + data.draw(st.sampled_from(["", "<li>", "</li>", "</ul>", "<ul>", "<!--", "-->", "2026-11-20", "<tr>"]))
            + page[start + data.draw(st.integers(0, 9)) :]
        )
    short, long = both_ways(page)
    assert (short.reading, short.items, short.flags) == (long.reading, long.items, long.flags)
