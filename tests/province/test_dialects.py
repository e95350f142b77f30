"""Each family of content systems writes its addresses, pagers and empty lists as page-conventions.md §3 has them."""

import re
from datetime import date

import pytest

from province.dialects import DIALECTS
from province.dialects.form import Address, Dialect, Layout

DAY = date(2026, 9, 3)
NUMBER = 34_999
ADDRESSES = {
    ("trs", "month"): ("/xwzx/gzdt/", r"/xwzx/gzdt/202609/t20260903_34999\.html"),
    ("trs", "content"): ("/xwzx/gzdt/index.html", r"/xwzx/gzdt/2026-09/03/content_34999\.shtml"),
    ("trs", "plain"): ("/tzgg/", r"/tzgg/20260903/34999\.html"),
    ("trs", "undated"): ("/tzgg/index.html", r"/tzgg/c34999/content\.html"),
    ("hanweb", "art"): ("/col/col12050/index.html", r"/art/2026/9/3/art_12050_34999\.html"),
    ("hanweb", "year"): ("/col/col12050/index.html", r"/art/2026/art_[0-9a-f]{32}\.html"),
    ("vsb", "info"): ("/xwzx/gzdt.htm", r"/info/1004/34999\.htm"),
}
EACH_LAYOUT = [(dialect, layout) for dialect in DIALECTS.values() for layout in dialect.layouts]


@pytest.mark.parametrize(("family", "name"), ADDRESSES)
def test_an_article_address_is_its_familys(family: str, name: str) -> None:
    column, pattern = ADDRESSES[family, name]
    address = next(row for row in DIALECTS[family].addresses if row.name == name)
    assert re.fullmatch(pattern, address.write(column, DAY, NUMBER))


def test_every_address_form_is_checked_above() -> None:
    assert set(ADDRESSES) == {(row.name, each.name) for row in DIALECTS.values() for each in row.addresses}


@pytest.mark.parametrize("address", [each for row in DIALECTS.values() for each in row.addresses], ids=lambda row: row.name)
def test_a_dated_address_changes_with_the_day_and_another_at_most_with_the_year(address: Address) -> None:
    column = "/col/col12050/index.html"
    here, next_day = (address.write(column, day, NUMBER) for day in (DAY, date(2026, 9, 4)))
    assert (here != next_day) is address.dated


def test_column_addresses_are_their_familys() -> None:
    assert DIALECTS["trs"].column_path("xwzx", "gzdt", 0) == "/xwzx/gzdt/index.html"
    assert DIALECTS["trs"].column_path("", "tzgg", 1) == "/tzgg/"
    assert DIALECTS["hanweb"].column_path("xwzx", "gzdt", 3) == "/col/col12050/index.html"
    assert DIALECTS["vsb"].column_path("xwzx", "gzdt", 0) == "/xwzx/gzdt.htm"
    assert DIALECTS["vsb"].column_path("xwzx", "gzdt", 3) == "/list.jsp?urltype=tree.TreeTempUrl&wbtreeid=1004"


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_a_pager_tells_how_many_items_there_are(dialect: Dialect) -> None:
    assert re.search(r"totalRecord:371\b|共371条", dialect.pager(371, 20, "/x/"))
    empty = dialect.pager(0, 20, "/x/")
    assert re.search(r"totalRecord:0\b|共0条", empty)
    assert not re.search(r"\d{4}-\d\d", empty)


def test_the_trs_pager_is_built_by_script() -> None:
    assert 'createPageHTML(19, 0, "index", "html");' in DIALECTS["trs"].pager(371, 20, "/x/")


@pytest.mark.parametrize(("dialect", "layout"), EACH_LAYOUT, ids=[f"{d.name}-{row.name}" for d, row in EACH_LAYOUT])
def test_a_row_holds_its_link_title_and_date_and_closes_what_it_opens(dialect: Dialect, layout: Layout) -> None:
    row = layout.row.format(href="/a.html", title="标题", date="2026-09-03", attr=' title="x"', mark="", intro="摘要")
    assert "<a " in row
    assert 'href="/a.html"' in row
    assert "标题</a>" in row
    assert "2026-09-03" in row
    assert ' title="x"' in row
    for text in (row, layout.open + layout.close):
        for tag in re.findall(r"<([a-z]\w*)[ >]", text):
            assert len(re.findall(rf"<{tag}[ >]", text)) == text.count(f"</{tag}>"), (tag, text)
