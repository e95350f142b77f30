"""访问间隔, 选择器, JSON路径, 编码."""

from pathlib import Path

import pytest

from register import Target
from tests.register.desk import CITY, COLUMN, NEWS, NOTICE, SITE, load_folder, only, targets

FIELDS = {"pace": "访问间隔（秒）", "selector": "选择器", "json_path": "JSON路径", "charset": "编码"}


def column(folder: Path, field: str, cell: str) -> Target | None:
    register = load_folder(
        folder, folder / "keep", sites=[SITE, CITY], columns=[(*COLUMN, FIELDS[field]), (*NEWS, cell), NOTICE]
    )
    rows = targets(register)
    assert "5115000001/tzgg" in rows, "the row beside it is not touched"
    return rows.get("5115000001/gzdt")


def complaint(folder: Path) -> tuple[str, str, str]:
    problem = only(load_folder(folder))
    assert problem.mend
    return problem.severity, problem.field, problem.reason


@pytest.mark.parametrize(("cell", "seconds"), [("5", 5.0), ("2.5", 2.5), ("10秒", 10.0), ("３０ s", 30.0), ("3600", 3600.0)])
def test_a_pace_is_a_number_of_seconds(tmp_path: Path, cell: str, seconds: float) -> None:
    target = column(tmp_path, "pace", cell)
    assert target is not None and target.pace_s == seconds


@pytest.mark.parametrize("cell", ["0", "-5", "3601", "慢", "1e3", "nan", "5分"])
def test_a_pace_that_is_no_gap_leaves_the_row_out(tmp_path: Path, cell: str) -> None:
    assert column(tmp_path, "pace", cell) is None
    assert complaint(tmp_path)[:2] == ("bad", "访问间隔")


@pytest.mark.parametrize("cell", ["ul.list > li", "//ul[@class='list']/li", "(//ul)[2]/li", "li a::text"])
def test_a_selector_is_css_or_xpath(tmp_path: Path, cell: str) -> None:
    target = column(tmp_path, "selector", cell)
    assert target is not None and target.selector == cell


@pytest.mark.parametrize(("cell", "said"), [("ul[", "CSS"), ("//ul[", "XPath"), ("li::nonsense(", "CSS"), ("a\\", "CSS")])
def test_a_selector_that_cannot_be_used_leaves_the_row_out(tmp_path: Path, cell: str, said: str) -> None:
    assert column(tmp_path, "selector", cell) is None
    severity, field, reason = complaint(tmp_path)
    assert (severity, field) == ("bad", "选择器") and said in reason


@pytest.mark.parametrize("cell", ["data.list", "rows", "0.rows", "data.信息"])
def test_a_json_path_is_dotted(tmp_path: Path, cell: str) -> None:
    target = column(tmp_path, "json_path", cell)
    assert target is not None and target.json_path == cell


@pytest.mark.parametrize(
    ("cell", "path"), [("$.data.list", "data.list"), ("data[0].list", "data.0.list"), ("['data']['list']", "data.list")]
)
def test_other_writings_of_a_json_path_are_mended(tmp_path: Path, cell: str, path: str) -> None:
    target = column(tmp_path, "json_path", cell)
    assert target is not None and target.json_path == path
    assert complaint(tmp_path)[0] == "mended"


@pytest.mark.parametrize("cell", ["data..list", "$..list", "data[*].x", "data[?(@.a)]", "$", "a b"])
def test_a_json_path_that_is_a_query_leaves_the_row_out(tmp_path: Path, cell: str) -> None:
    assert column(tmp_path, "json_path", cell) is None
    assert complaint(tmp_path)[:2] == ("bad", "JSON路径")


@pytest.mark.parametrize(
    ("cell", "name"), [("GBK", "gbk"), ("utf8", "utf-8"), ("ＧＢ１８０３０", "gb18030"), ("gb2312", "gb2312")]
)
def test_a_charset_is_one_that_python_knows(tmp_path: Path, cell: str, name: str) -> None:
    target = column(tmp_path, "charset", cell)
    assert target is not None and target.charset == name


@pytest.mark.parametrize("cell", ["国标", "utf-9", "base64", "idna", "punycode", "unicode_escape", "undefined", "中" * 300])
def test_a_charset_of_no_page_leaves_the_row_out(tmp_path: Path, cell: str) -> None:
    assert column(tmp_path, "charset", cell) is None
    assert complaint(tmp_path)[:2] == ("bad", "编码")


def test_options_of_a_site_hold_for_its_home_page(tmp_path: Path) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", sites=[(*SITE, "pace", "charset"), (*CITY, "7", "gbk")])
    home = targets(register)["5115000001/@home"]
    assert (home.pace_s, home.charset) == (7.0, "gbk")
