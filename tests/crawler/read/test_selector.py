"""A register's selector names the rows; a bad one is said, and the general reader goes on without it."""

import pytest

from crawler.records import Rules
from tests.crawler.read.listpages import TODAY, days, entries, flag_names, found, framed, listed, sidebar

OWN = listed(entries(days(5)), name="own")
PAGE = framed(OWN + sidebar("通知公告", 15, box="b"), crumb=False, heading=False)


@pytest.mark.parametrize(
    "expression", ["ul.own > li", "ul.own li", "//ul[@class='own']/li", "(//ul[@class='own'])[1]/li", " ul.own > li "]
)
def test_css_and_xpath_name_the_rows(expression: str) -> None:
    result = found(PAGE, rules=Rules(selector=expression))
    assert result.reading.newest == "2026-11-18"
    assert (result.reading.items, result.reading.dated) == (5, 5)
    assert result.items[0].url == "http://www.qingxi.gov.cn/xwzx/gzdt/content_1000.html"


def test_a_selector_overrides_what_the_finder_would_choose() -> None:
    result = found(framed(listed(entries(days(9))) + sidebar(name="要闻", box="b")), rules=Rules(selector="div.b li"))
    assert result.reading.newest == TODAY.isoformat()


@pytest.mark.parametrize(
    "expression", ["ul..own", "//ul[", "(((", "li::text", "//li/text()", "//li/@class", "count(//li)", "/", "\0", ">>"]
)
def test_a_bad_selector_is_flagged_and_the_general_reader_goes_on(expression: str) -> None:
    result = found(framed(listed(entries(days(5)))), rules=Rules(selector=expression))
    assert result.reading.newest == "2026-11-18"
    assert flag_names(result) & {"bad_selector", "empty_selector", "undated_selector"}


@pytest.mark.parametrize(("expression", "flag"), [("ul.gone > li", "empty_selector"), ("#menu li", "undated_selector")])
def test_a_selector_that_names_no_dated_row_is_flagged(expression: str, flag: str) -> None:
    result = found(framed(listed(entries(days(5)))), rules=Rules(selector=expression))
    assert flag in flag_names(result)
    assert result.reading.newest == "2026-11-18"


def test_a_selector_works_on_gbk_and_on_broken_markup() -> None:
    broken = PAGE.replace("</li>", "").replace("</ul>", "").encode("gbk")
    assert found(broken, rules=Rules(selector="ul.own > li")).reading.newest == "2026-11-18"
