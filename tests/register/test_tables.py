"""Tables found in files, and their rows, with findings at their places."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from register.errors import TableUnreadable
from register.files import gather
from register.loading import FORMS
from register.problems import Problems
from register.tables import Table, find_tables
from tests.register.desk import CITY, COLUMN, COUNTY, NEWS, SITE, Cells, changed, write_csv, write_folder, write_xlsx


def tables(path: Path, problems: Problems | None = None) -> list[Table]:
    found = problems or Problems()
    return find_tables(gather(path, found), FORMS, found)


def lines(path: Path, problems: Problems | None = None) -> list[tuple[int, str]]:
    found = problems or Problems()
    return [(row.line, row.text("name")) for table in tables(path, found) for row in table.rows(found)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_under_which_the_header_makes_sense(tmp_path: Path, delimiter: str) -> None:
    path = write_csv(tmp_path / "a.csv", [SITE, CITY], delimiter=delimiter)
    assert lines(path) == [(2, CITY[1])]


def test_excels_unicode_text_is_read(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [SITE, CITY], "utf-16", "\t")
    assert lines(path) == [(2, CITY[1])]


def test_titles_and_blank_rows_may_stand_above_the_header(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [("南溪市政府网站名录",), (), ("填报单位：", "市政府办"), SITE, CITY])
    assert lines(path) == [(5, CITY[1])]


def test_a_header_below_the_first_twenty_rows_is_not_looked_for(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [("x",)] * 20 + [SITE, CITY])
    with pytest.raises(TableUnreadable, match="no header row was recognised within 20 rows"):
        tables(path)


def test_blank_rows_are_passed_over_and_still_counted(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [SITE, (), ("", " ", ""), CITY])
    problems = Problems()
    assert lines(path, problems) == [(4, CITY[1])]
    assert problems.kept == []


def test_rows_may_be_shorter_than_the_header(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [SITE, CITY[:2]])
    (table,) = tables(path)
    (row,) = table.rows(Problems())
    assert (row.text("platform"), row.maybe("platform"), row.raw("platform")) == ("", None, "")


@pytest.mark.parametrize("extra", [("",), ("", "  ")])
def test_empty_cells_beyond_the_header_do_no_harm(tmp_path: Path, extra: tuple[str, ...]) -> None:
    assert lines(write_csv(tmp_path / "a.csv", [SITE, (*CITY, *extra)])) == [(2, CITY[1])]


def test_a_row_with_more_cells_than_headers_is_left_out(tmp_path: Path) -> None:
    problems = Problems()
    assert lines(write_csv(tmp_path / "a.csv", [SITE, (*CITY, "x"), COUNTY]), problems) == [(3, COUNTY[1])]
    assert (problems.kept[0].line, problems.kept[0].severity) == (2, "bad")
    assert "9 cells under 8 headers" in problems.kept[0].reason


def test_the_header_repeated_further_down_is_passed_over_with_a_note(tmp_path: Path) -> None:
    problems = Problems()
    assert lines(write_csv(tmp_path / "a.csv", [SITE, CITY, SITE, COUNTY]), problems) == [(2, CITY[1]), (4, COUNTY[1])]
    assert [(problem.line, problem.severity) for problem in problems.kept] == [(3, "note")]


def test_an_unclosed_quote_is_reported_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",".join(SITE) + '\n5115000001,"x,y\n' + ",".join(CITY) + "\n", "utf-8")
    problems = Problems()
    assert lines(path, problems) == [(3, CITY[1])]
    assert str(problems.kept[0]).startswith('bad: a.csv line 2: "5115000001,"x,y": a quotation mark is never closed')


def test_each_sheet_of_a_workbook_is_a_table(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"网站": [SITE, CITY], "栏目": [COLUMN, NEWS]})
    assert [(table.kind, table.sheet, table.header_line) for table in tables(path)] == [
        ("site", "网站", 1),
        ("column", "栏目", 1),
    ]


def test_a_sheet_of_remarks_is_noted_and_a_sheet_that_was_meant_is_bad(tmp_path: Path) -> None:
    sheets: dict[str, Sequence[Cells]] = {
        "填表说明": [("请填写完整",)],
        "网站": [SITE, CITY],
        "栏目": [("码", "称呼"), ("1", "2")],
        "空": [],
    }
    problems = Problems()
    tables(write_xlsx(tmp_path / "a.xlsx", sheets), problems)
    assert [(problem.sheet, problem.severity) for problem in problems.kept] == [("填表说明", "note"), ("栏目", "bad")]


def test_a_csv_file_of_a_folder_without_a_known_header_is_bad(tmp_path: Path) -> None:
    problems = Problems()
    tables(write_folder(tmp_path, a=[SITE, CITY], b=[("甲", "乙"), ("1", "2")]), problems)
    (problem,) = problems.kept
    assert (problem.file, problem.severity) == ("b.csv", "bad")
    assert "网站标识码" in problem.mend


def test_a_hidden_sheet_is_not_read_and_named(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, rows in {"网站": [SITE, CITY], "旧网站": [SITE, COUNTY]}.items():
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, cells)
        sheet.hide()
    problems = Problems()
    assert lines(path, problems) == [(2, CITY[1])]
    assert [(problem.sheet, problem.severity) for problem in problems.kept] == [("旧网站", "note")]


def test_a_table_without_a_column_it_needs_is_not_read(tmp_path: Path) -> None:
    problems = Problems()
    found = tables(write_folder(tmp_path, a=[SITE, CITY], b=[("栏目名称", "栏目网址"), NEWS[2:4]]), problems)
    assert [table.kind for table in found] == ["site"]
    assert (problems.kept[0].field, problems.kept[0].severity) == ("网站标识码 / 专栏编号", "bad")
    with pytest.raises(TableUnreadable, match=r"b\.csv was taken for a table of columns 栏目 and has no column 网站标识码"):
        tables(tmp_path / "b.csv")


def test_unknown_and_doubled_headers_are_noted_with_the_line_of_the_header(tmp_path: Path) -> None:
    problems = Problems()
    tables(write_csv(tmp_path / "a.csv", [("名录",), (*SITE, "天气", "网站名称", "单位间称"), CITY]), problems)
    assert [(problem.line, problem.value, problem.mend) for problem in problems.kept] == [
        (2, "天气", ""),
        (2, "单位间称", "call it 单位简称 if that is meant"),
        (2, "网站名称", ""),
    ]


@pytest.mark.parametrize("word", ["无", "/", "—", "-", "N/A", " ", "暂无"])
def test_words_that_say_nothing_are_nothing(tmp_path: Path, word: str) -> None:
    (table,) = tables(write_csv(tmp_path / "a.csv", [SITE, changed(CITY, c3=word)]))
    (row,) = table.rows(Problems())
    assert row.maybe("short") is None


def test_codes_are_narrowed_and_apostrophes_dropped_with_a_mend(tmp_path: Path) -> None:
    problems = Problems()
    (table,) = tables(write_csv(tmp_path / "a.csv", [SITE, changed(CITY, c0="'５１１５０００００１")]))
    (row,) = table.rows(problems)
    assert row.code("code") == "5115000001"
    assert [(problem.severity, problem.mend) for problem in problems.kept] == [("mended", "write 5115000001")]


def test_number_cells_are_codes_and_that_is_said_once_per_table(tmp_path: Path) -> None:
    problems = Problems()
    rows: list[Cells] = [SITE, changed(CITY, c0=5115000001), changed(CITY, c0=5115000002)]
    (table,) = tables(write_xlsx(tmp_path / "a.xlsx", {"网站": rows}))
    assert [row.code("code") for row in table.rows(problems)] == ["5115000001", "5115000002"]
    assert [(problem.line, problem.severity, problem.field) for problem in problems.kept] == [(2, "mended", "网站标识码")]


def test_a_number_too_long_for_a_spreadsheet_is_named_in_every_row(tmp_path: Path) -> None:
    problems = Problems()
    rows: list[Cells] = [SITE, *([changed(CITY, c0=511500000112345678)] * 2)]
    (table,) = tables(write_xlsx(tmp_path / "a.xlsx", {"网站": rows}))
    for row in table.rows(problems):
        row.code("code")
    assert [problem.reason for problem in problems.kept] == ["the spreadsheet has cut this number after 15 digits"] * 2
