"""Whole registers: one digest whatever the form, kept files, and the second look at the same input."""

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from register import Register, RegisterUnreadable, Subject, Target, accepted_path, load, problems, read_accepted
from register.tables import find_tables
from tests.register.desk import (
    ACCOUNT,
    CITY,
    COLUMN,
    COUNTY,
    NEWS,
    NOTICE,
    OPEN_PAGE,
    SECTION,
    SITE,
    WEIBO,
    Cells,
    accepted,
    changed,
    found,
    load_folder,
    only,
    write_csv,
    write_folder,
    write_xlsx,
)

TABLES: dict[str, Sequence[Cells]] = {
    "accounts": [ACCOUNT, WEIBO],
    "columns": [COLUMN, NEWS, NOTICE, changed(NEWS, c0="mzj", c3="http://www.nanxi.gov.cn/mzj/dt/")],
    "sections": [SECTION, OPEN_PAGE],
    "sites": [SITE, CITY, COUNTY],
}


def test_a_folder_and_a_workbook_of_the_same_tables_are_one_register(tmp_path: Path) -> None:
    folder = load_folder(tmp_path / "folder", tmp_path / "keep", **TABLES)
    workbook = load(write_xlsx(tmp_path / "a.xlsx", TABLES), tmp_path / "keep")
    assert folder.digest == workbook.digest
    assert folder.kept == workbook.kept
    assert folder.problems == workbook.problems == ()
    assert folder.subjects == {"site": 2, "section": 1, "account": 1}
    assert folder.targets == {"home": 3, "column": 3, "account": 1}


def test_a_folder_may_mix_workbooks_and_csv(tmp_path: Path) -> None:
    whole = load_folder(tmp_path / "a", None, **TABLES)
    write_xlsx(tmp_path / "b" / "1.xlsx", {name: TABLES[name] for name in ("sites", "sections")})
    mixed = load_folder(tmp_path / "b", None, **{name: TABLES[name] for name in ("columns", "accounts")})
    assert mixed.digest == whole.digest


def test_the_order_of_rows_tables_and_headers_does_not_change_the_digest(tmp_path: Path) -> None:
    first = load_folder(tmp_path / "a", None, **TABLES)
    sheets = {name: [[*reversed(row)] for row in (rows[0], *reversed(rows[1:]))] for name, rows in reversed(TABLES.items())}
    assert load(write_xlsx(tmp_path / "b.xlsx", sheets)).digest == first.digest


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_delimiter_gives_the_same_digest(tmp_path: Path, encoding: str, delimiter: str) -> None:
    plain = load(write_csv(tmp_path / "sites.csv", [SITE, CITY, COUNTY]))
    other = load(write_csv(tmp_path / "other" / "sites.csv", [SITE, CITY, COUNTY], encoding, delimiter))
    assert other.digest == plain.digest


def test_codes_typed_as_numbers_give_the_same_digest(tmp_path: Path) -> None:
    text = load(write_xlsx(tmp_path / "a.xlsx", {"sites": [SITE, CITY], "columns": [COLUMN, changed(NEWS, c1="7")]}))
    sheets = {"sites": [SITE, changed(CITY, c0=5115000001)], "columns": [COLUMN, changed(NEWS, c0=5115000001, c1=7)]}
    numbers = load(write_xlsx(tmp_path / "b.xlsx", sheets))
    assert numbers.digest == text.digest
    assert [(problem.sheet, problem.severity) for problem in numbers.problems] == [
        ("sites", "mended"),
        ("columns", "mended"),
        ("columns", "mended"),
    ]


def test_a_mended_row_is_the_row_it_was_mended_to(tmp_path: Path) -> None:
    sound = load_folder(tmp_path / "a", sites=[SITE, CITY])
    mended = load_folder(tmp_path / "b", sites=[SITE, changed(CITY, c0="５１１５０００００１", c6="www.nanxi.gov.cn")])
    assert mended.digest == sound.digest
    assert len(found(mended, "mended")) == 2


@pytest.mark.parametrize("cell", [changed(CITY, c1="别的名称"), changed(CITY, c6="https://www.nanxi.gov.cn/")])
def test_any_change_of_a_row_changes_the_digest(tmp_path: Path, cell: Cells) -> None:
    assert load_folder(tmp_path / "a", sites=[SITE, cell]).digest != load_folder(tmp_path / "b", sites=[SITE, CITY]).digest


def test_the_kept_file_is_named_by_its_own_sha256(tmp_path: Path) -> None:
    register = load_folder(tmp_path / "a", tmp_path / "keep", **TABLES)
    assert register.digest == f"sha256:{sha256(register.path.read_bytes()).hexdigest()}"
    assert register.path == accepted_path(tmp_path / "keep", register.digest)
    assert register.path.stat().st_mode & 0o777 == 0o644


def test_subjects_come_before_their_targets_and_sites_before_sections(tmp_path: Path) -> None:
    rows = accepted(load_folder(tmp_path / "a", tmp_path / "keep", **TABLES))
    kinds = [row.kind if isinstance(row, Subject) else "target" for row in rows]
    assert kinds == ["site", "site", "section", "account", *["target"] * 7]
    keys = [row.key for row in rows if isinstance(row, Target)]
    assert keys == sorted(keys)


def test_without_a_folder_to_keep_it_in_nothing_is_written_and_the_digest_is_the_same(tmp_path: Path) -> None:
    write_folder(tmp_path / "a", **TABLES)
    before = sorted(tmp_path.rglob("*"))
    register = load(tmp_path / "a")
    assert sorted(tmp_path.rglob("*")) == before
    assert register.digest == load(tmp_path / "a", tmp_path / "keep").digest
    with pytest.raises(ValueError, match="was not kept"):
        assert register.path


@pytest.fixture
def validations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for every time an input is validated."""
    made: list[int] = []

    def counted(*arguments: Any) -> Any:
        made.append(1)
        return find_tables(*arguments)

    monkeypatch.setattr("register.loading.find_tables", counted)
    return made


def test_the_same_input_again_is_not_validated_and_tells_the_same(tmp_path: Path, validations: list[int]) -> None:
    tables = dict(TABLES) | {"sites": [SITE, CITY, COUNTY, changed(CITY, c0="x"), changed(COUNTY, c6="/")]}
    first = load_folder(tmp_path / "a", tmp_path / "keep", **tables)
    again = load(tmp_path / "a", tmp_path / "keep")
    assert again == first
    assert again.totals == {"bad": 3, "mended": 0, "note": 0}
    assert len(validations) == 1


def test_the_same_files_at_another_place_are_the_same_input(tmp_path: Path, validations: list[int]) -> None:
    first = load_folder(tmp_path / "a", tmp_path / "keep", **TABLES)
    assert load_folder(tmp_path / "b", tmp_path / "keep", **TABLES) == first
    assert len(validations) == 1


def test_a_changed_byte_or_name_is_another_input(tmp_path: Path, validations: list[int]) -> None:
    load_folder(tmp_path / "a", tmp_path / "keep", **TABLES)
    (tmp_path / "a" / "sites.csv").rename(tmp_path / "a" / "网站.csv")
    load(tmp_path / "a", tmp_path / "keep")
    with (tmp_path / "a" / "网站.csv").open("a") as file:
        file.write(" ")
    load(tmp_path / "a", tmp_path / "keep")
    assert len(validations) == 3


def test_another_version_of_the_program_validates_anew(
    tmp_path: Path, validations: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    load_folder(tmp_path / "a", tmp_path / "keep", **TABLES)
    monkeypatch.setattr("register.loading.program_digest", lambda: b"another")
    load(tmp_path / "a", tmp_path / "keep")
    assert len(validations) == 2


@pytest.mark.parametrize("harm", ["missing", "cut", "index"])
def test_what_was_kept_is_made_again_where_it_is_gone_or_damaged(tmp_path: Path, harm: str, validations: list[int]) -> None:
    first = load_folder(tmp_path / "a", tmp_path / "keep", **TABLES)
    content = first.path.read_bytes()
    if harm == "missing":
        first.path.unlink()
    elif harm == "cut":
        first.path.write_bytes(content[:-10])
    else:
        for index in (tmp_path / "keep" / "seen").iterdir():
            index.write_bytes(b"{")
    assert load(tmp_path / "a", tmp_path / "keep") == first
    assert first.path.read_bytes() == content
    assert len(validations) == 2


def test_nothing_half_written_is_left_where_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    write_folder(tmp_path / "a", **TABLES)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        load(tmp_path / "a", tmp_path / "keep")
    assert list((tmp_path / "keep").iterdir()) == []


def test_what_a_killed_load_left_behind_is_swept_once_it_is_old(tmp_path: Path) -> None:
    keep = tmp_path / "keep"
    keep.mkdir()
    old, fresh = keep / "a.partial", keep / "b.partial"
    for file in (old, fresh):
        file.write_bytes(b"x")
    os.utime(old, (0, 0))
    load_folder(tmp_path / "a", keep, **TABLES)
    assert (old.exists(), fresh.exists()) == (False, True)


def test_a_register_may_be_kept_in_the_folder_it_is_read_from(tmp_path: Path) -> None:
    first = load_folder(tmp_path / "a", tmp_path / "a", **TABLES)
    assert load(tmp_path / "a", tmp_path / "a") == first
    assert load(tmp_path / "a").digest == first.digest
    assert load(tmp_path / "a").problems == ()


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_csv(tmp_path / "sites.csv", [SITE, CITY])

    def slow(*arguments: Any) -> Any:
        with path.open("a") as file:
            file.write("\n")
        return find_tables(*arguments)

    monkeypatch.setattr("register.loading.find_tables", slow)
    with pytest.raises(RegisterUnreadable, match=r"sites\.csv was changed while it was read: load it again"):
        load(path, tmp_path / "keep")


def test_one_bad_row_never_stops_the_rest(tmp_path: Path) -> None:
    bad = [changed(NEWS, c1=f"b{number}", c3="") for number in range(500)]
    good = [changed(NEWS, c1=f"g{number}", c3=f"http://www.nanxi.gov.cn/{number}") for number in range(500)]
    rows = [COLUMN, *(row for pair in zip(bad, good, strict=True) for row in pair)]
    register = load_folder(tmp_path, sites=[SITE, CITY], columns=rows)
    assert register.targets["column"] == 500
    assert [problem.line for problem in found(register, "bad")] == list(range(2, 1002, 2))
    assert register.totals == {"bad": 500, "mended": 0, "note": 0}


def test_findings_past_the_limit_are_counted_and_bad_ones_are_not_crowded_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(problems, "LIMIT", 3)
    rows = [changed(NEWS, c1=f"m{number}", c3=f"www.nanxi.gov.cn/{number}") for number in range(10)]
    read = load_folder(tmp_path, sites=[SITE, CITY], columns=[COLUMN, *rows, changed(NEWS, c3="")])
    assert (len(found(read, "mended")), len(found(read, "bad"))) == (3, 1)
    assert read.totals == {"bad": 1, "mended": 10, "note": 0}
    assert read.unlisted == 7


def test_a_table_of_no_rows_is_a_register_of_nothing(tmp_path: Path) -> None:
    register = load_folder(tmp_path / "a", tmp_path / "keep", sites=[SITE])
    assert accepted(register) == []
    assert (register.subjects["site"], register.problems) == (0, ())
    assert register.digest == f"sha256:{sha256(b'').hexdigest()}"


def test_a_single_file_is_a_register(tmp_path: Path) -> None:
    register = load(write_csv(tmp_path / "名录.csv", [SITE, CITY]), tmp_path / "keep")
    assert register.subjects["site"] == 1
    assert load(write_csv(tmp_path / "账号.csv", [ACCOUNT, WEIBO])).subjects["account"] == 1


def test_findings_name_the_sheet_and_its_row(tmp_path: Path) -> None:
    sheets = {"网站": [("名录",), (), SITE, CITY, changed(COUNTY, c0="x")]}
    register = load(write_xlsx(tmp_path / "名录.xlsx", sheets))
    assert (only(register).where, only(register).field) == ("名录.xlsx [网站] line 5", "网站标识码")


def test_a_site_written_once_beside_its_columns_counts_for_all_of_them(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sites, columns = book.add_worksheet("网站"), book.add_worksheet("栏目")
        for number, row in enumerate((SITE, CITY)):
            sites.write_row(number, 0, row)
        for number, row in enumerate((COLUMN, NEWS, NOTICE)):
            columns.write_row(number, 0, row)
        columns.merge_range(1, 0, 2, 0, CITY[0])
    register = load(path)
    assert (register.targets["column"], register.problems) == (2, ())


def test_every_accepted_row_reads_back_as_it_was(tmp_path: Path) -> None:
    read: Register = load_folder(tmp_path / "a", tmp_path / "keep", **TABLES)
    assert list(read_accepted(read.path)) == accepted(read)
    assert len(accepted(read)) == sum(read.subjects.values()) + sum(read.targets.values())
