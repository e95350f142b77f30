"""Whatever is handed in gives a register or one sentence, never another exception."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from register import Register, RegisterUnreadable, load
from tests.register.desk import CITY, COLUMN, NEWS, SITE, csv_text, write_xlsx

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\ufffe\ud800-\udfff]")
FIXTURE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
CELL = st.text(max_size=20) | st.sampled_from(
    [
        "5115000001",
        "BM14000002",
        "5.1E9",
        "http://a.gov.cn/",
        "www.a.gov.cn",
        "是",
        "√",
        "2026-12-31",
        '"',
        "=1+1",
        "县级门户",
        "-5",
        "ul[",
    ]
)
HEADERS = (*SITE, *COLUMN[1:], "类型", "账号名称", "专栏编号", "不检查", "原因", "至", "访问间隔", "选择器", "JSON路径", "编码")


def outcome(path: Path) -> Register | None:
    try:
        return load(path)
    except RegisterUnreadable as error:
        assert re.fullmatch(r"[^\n]+", str(error))
        return None


@FIXTURE
@given(st.binary(max_size=2000))
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    outcome(path)


@FIXTURE
@given(ENCODINGS, st.binary(max_size=600), st.sampled_from([SITE, COLUMN]))
def test_any_bytes_below_a_header(tmp_path: Path, encoding: str, content: bytes, header: tuple[str, ...]) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv_text([SITE, CITY] if header is SITE else [header, NEWS]).encode(encoding) + content)
    register = outcome(path)
    if header is SITE and encoding == "utf-8-sig":
        assert register is not None
        assert register.subjects["site"] >= 1


@FIXTURE
@given(st.lists(st.sampled_from(HEADERS), min_size=2, max_size=12), st.lists(st.lists(CELL, max_size=12), max_size=8))
def test_any_cells_under_any_headers(tmp_path: Path, headers: list[str], rows: list[list[str]]) -> None:
    path = tmp_path / "a.csv"
    path.write_text(csv_text([headers, *rows]), "utf-8", errors="replace", newline="")
    register = outcome(path)
    if register is not None:
        for problem in register.problems:
            assert not CONTROL.search(str(problem)) and problem.reason
        assert register.totals["bad"] <= len(rows) * 3 + 2


@FIXTURE
@given(st.data())
def test_any_damage_to_a_workbook(tmp_path: Path, data: st.DataObject) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"网站": [SITE, CITY], "栏目": [COLUMN, NEWS]})
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(4, len(content)))])
    outcome(path)


@pytest.mark.parametrize("cell", ["\0", "\ud800", "\x1b]0;x\x07", "\u202eabc", "a" * 50_000, "\ufffe", "=cmd|' /C calc'!A0"])
def test_a_hostile_cell_ends_as_plain_text(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv_text([SITE, (*CITY[:1], cell, *CITY[2:])]).encode("utf-8", "surrogatepass"))
    register = load(path, tmp_path / "keep")
    text = register.path.read_text("utf-8")
    assert len(text.splitlines()) == sum(register.subjects.values()) + sum(register.targets.values())
    assert not CONTROL.search(text.replace("\n", ""))
