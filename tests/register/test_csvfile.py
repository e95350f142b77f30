"""CSV files: encodings, delimiters, quotes."""

from pathlib import Path

import pytest

from register.csvfile import DELIMITERS, CsvGrid, encoding_of
from register.grids import Fault, Line
from tests.register.desk import CITY, SITE, csv_text

TEXT = csv_text([SITE, CITY])


def grid(path: Path, content: str | bytes, delimiter: str = ",") -> list[Line]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(CsvGrid(path, encoding_of(path), delimiter).lines())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_the_encodings_offices_save_in_are_told_apart(tmp_path: Path, written: str, read: str) -> None:
    path = tmp_path / "a.csv"
    text = TEXT.replace("南溪市", "㑇溪市") if written == "gb18030" else TEXT
    path.write_bytes(text.encode(written))
    assert encoding_of(path) == read
    assert [cells for _, cells in CsvGrid(path, read, ",").lines()] == [line.split(",") for line in text.splitlines()]


def test_utf_16_with_the_other_byte_order_mark_is_read(tmp_path: Path) -> None:
    lines = grid(tmp_path / "a.csv", b"\xfe\xff" + TEXT.encode("utf-16-be"))
    assert lines[0] == (1, list(SITE))


def test_bytes_that_fit_no_encoding_spoil_their_own_row_only(tmp_path: Path) -> None:
    lines = grid(tmp_path / "a.csv", "网站,名称\n一,甲\n".encode() + b"\xe4\xb8,\xff\n" + "二,乙\n".encode())
    assert lines[1] == (2, ["一", "甲"])
    assert isinstance(lines[2][1], Fault) and "utf-8" in lines[2][1].reason
    assert lines[3] == (4, ["二", "乙"])


def test_a_gbk_file_with_a_broken_byte_stays_gbk(tmp_path: Path) -> None:
    lines = grid(tmp_path / "a.csv", "网站,名称\n".encode("gbk") + b"\xb0\xff\n" + "二,乙\n".encode("gbk"))
    assert isinstance(lines[1][1], Fault) and "gb18030" in lines[1][1].reason
    assert lines[2] == (3, ["二", "乙"])


def test_a_broken_byte_past_the_first_mebibyte_does_not_change_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("工作动态,通知公告\n".encode() * 60_000 + b"\xff\n")
    assert encoding_of(path) == "utf-8"


def test_a_character_cut_at_the_end_of_the_file_spoils_the_last_row_only(tmp_path: Path) -> None:
    lines = grid(tmp_path / "a.csv", "甲乙丙丁,网站\n戊,己".encode()[:-1])
    assert lines[0] == (1, ["甲乙丙丁", "网站"])
    assert isinstance(lines[1][1], Fault)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_every_delimiter_and_line_ending_gives_the_same_cells(tmp_path: Path, delimiter: str, newline: str) -> None:
    text = newline.join(delimiter.join(row) for row in (("a", "b"), ("c", '"d"'), ("", "")))
    assert grid(tmp_path / "a.csv", text, delimiter) == [(1, ["a", "b"]), (2, ["c", "d"]), (3, ["", ""])]


def test_quoted_cells_may_hold_delimiters_quotes_and_line_breaks(tmp_path: Path) -> None:
    lines = grid(tmp_path / "a.csv", 'a,b\n"x, ""y""","z\nz"\nlast,row\n')
    assert lines == [(1, ["a", "b"]), (2, ['x, "y"', "z\nz"]), (4, ["last", "row"])]


def test_a_quote_inside_a_cell_is_a_character_like_any_other(tmp_path: Path) -> None:
    assert grid(tmp_path / "a.csv", 'a 5" disk,b\n') == [(1, ['a 5" disk', "b"])]


def test_a_quote_that_is_never_closed_spoils_its_own_line_only(tmp_path: Path) -> None:
    lines = grid(tmp_path / "a.csv", 'a,"b\n' + "".join(f"c{number},d\n" for number in range(100)))
    assert isinstance(lines[0][1], Fault) and "never closed" in lines[0][1].reason
    assert lines[1:] == [(number + 2, [f"c{number}", "d"]) for number in range(100)]


def test_two_unclosed_quotes_do_not_make_one_row_of_two(tmp_path: Path) -> None:
    lines = grid(tmp_path / "a.csv", '1,"a,x\n2,"b,y\n3,c,z\n')
    assert [(number, isinstance(cells, Fault)) for number, cells in lines] == [(1, True), (2, True), (3, False)]


def test_text_after_a_closing_quote_is_a_fault_and_no_guess(tmp_path: Path) -> None:
    ((_, cells), following) = grid(tmp_path / "a.csv", '"南溪"市,b\nc,d\n')
    assert isinstance(cells, Fault)
    assert following == (2, ["c", "d"])


def test_the_formula_that_keeps_leading_zeros_is_read_as_its_text(tmp_path: Path) -> None:
    assert grid(tmp_path / "a.csv", '"=""0012""",b\n') == [(1, ["0012", "b"])]


def test_a_cell_far_too_long_is_a_fault(tmp_path: Path) -> None:
    lines = grid(tmp_path / "a.csv", '"' + "a" * 300_000 + '",b\nc,d\n')
    assert isinstance(lines[0][1], Fault) and "too long" in lines[0][1].reason
    assert lines[1] == (2, ["c", "d"])


def test_a_stray_nul_does_not_make_a_file_utf_16(tmp_path: Path) -> None:
    assert grid(tmp_path / "a.csv", "网站,名\0称\n一,二\n") == [(1, ["网站", "名\0称"]), (2, ["一", "二"])]


def test_a_grid_may_be_walked_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TEXT, "utf-8")
    grid = CsvGrid(path, "utf-8", ",")
    assert list(grid.lines()) == list(grid.lines())
