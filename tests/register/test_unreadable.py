"""What a new user may hand in by mistake: one sentence each, which says what to do."""

import gzip
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from register import RegisterUnreadable, load
from register.tables import find_tables
from tests.register.desk import CITY, COLUMN, NEWS, SITE, csv_text, load_folder, write_csv, write_folder, write_xlsx

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000
MISTAKES = {
    "empty.csv": (b"", "empty.csv is empty: hand in a table"),
    "blank.csv": (b"\xef\xbb\xbf \r\n\r\n", "blank.csv is empty: hand in a table"),
    "old.xls": (OLE, "old.xls is an old Excel workbook (.xls) or protected by a password: save it as .xlsx"),
    "locked.xlsx": (OLE, "locked.xlsx is an old Excel workbook (.xls) or protected by a password: save it as .xlsx"),
    "scan.xlsx": (b"%PDF-1.7\n%\xe2\xe3", "scan.xlsx is a PDF, whatever its name: save the table as .xlsx"),
    "photo.csv": (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "photo.csv is a picture"),
    "page.xlsx": (b"\xef\xbb\xbf<html><table>", "page.xlsx is a web page or XML, whatever its name: open it in Excel"),
    "xml.xlsx": (b"<?xml version='1.0'?><Workbook/>", "xml.xlsx is a web page or XML"),
    "packed.csv": (gzip.compress(b"x"), "packed.csv is packed: unpack it first"),
    "letter.txt": ("各单位：\n请填报网站名录。\n".encode(), "letter.txt: no header row was recognised within 20 rows"),
    "noise.csv": (bytes(range(256)) * 8, "noise.csv: no header row was recognised within 20 rows"),
    "broken.xlsx": (b"PK\x03\x04" + b"\0" * 100, "broken.xlsx is a broken workbook: open it"),
    "columns.csv": (csv_text([COLUMN, NEWS]).encode(), "columns.csv holds columns only: put the table of their sites"),
    "short.csv": (
        "网站标识码,主办单位\n1,2\n".encode(),
        "short.csv was taken for a table of sites 网站 and has no column 网站名称 / 首页网址",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_file_that_is_no_register_is_answered_with_what_to_do(tmp_path: Path, name: str) -> None:
    content, sentence = MISTAKES[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RegisterUnreadable) as refused:
        load(tmp_path / name, tmp_path / "keep")
    message = str(refused.value)
    assert message.startswith(sentence)
    assert ": " in message and "\n" not in message
    assert not list(tmp_path.glob("keep/*.jsonl")), "nothing is kept of it"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RegisterUnreadable, match=r"nowhere\.csv does not exist: name a CSV or XLSX file, or a folder of them"):
        load(tmp_path / "nowhere.csv")


def test_a_name_the_system_cannot_take(tmp_path: Path) -> None:
    with pytest.raises(RegisterUnreadable, match="cannot be read"):
        load(tmp_path / ("x" * 5000))


def test_a_folder_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(RegisterUnreadable, match="holds no table: put CSV or XLSX files in it"):
        load(tmp_path)


def test_a_folder_of_other_things(tmp_path: Path) -> None:
    for name in ("说明.docx", ".hidden.csv", "~$网站.xlsx"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "sub.csv").mkdir()
    with pytest.raises(RegisterUnreadable, match="holds no table"):
        load(tmp_path)


def test_other_things_beside_tables_are_noted(tmp_path: Path) -> None:
    (tmp_path / "说明.docx").write_bytes(b"x")
    register = load_folder(tmp_path, sites=[SITE, CITY])
    assert [(problem.file, problem.severity) for problem in register.problems] == [("说明.docx", "note")]


@pytest.mark.parametrize("name", ["columns.xls", "columns.ods", "columns.et"])
def test_a_spreadsheet_of_another_kind_in_a_folder_is_not_passed_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(OLE)
    with pytest.raises(RegisterUnreadable, match=f"{re.escape(name)} cannot be read: save it as"):
        load_folder(tmp_path, sites=[SITE, CITY])


def test_one_broken_file_in_a_folder_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "columns.xlsx").write_bytes(b"%PDF-1.7")
    with pytest.raises(RegisterUnreadable, match=r"columns\.xlsx is a PDF"):
        load_folder(tmp_path, sites=[SITE, CITY])


def test_a_workbook_without_a_table(tmp_path: Path) -> None:
    with pytest.raises(RegisterUnreadable, match="no table to read: its header row must name the columns"):
        load(write_xlsx(tmp_path / "a.xlsx", {"Sheet1": []}))


def test_a_word_document_named_xlsx(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as package:
        package.writestr("word/document.xml", "<x/>")
    with pytest.raises(RegisterUnreadable, match=r"a\.xlsx is no Excel workbook"):
        load(tmp_path / "a.xlsx")


def test_a_table_is_known_by_what_it_is_not_by_its_name(tmp_path: Path) -> None:
    text = write_csv(tmp_path / "sites.csv", [SITE, CITY]).rename(tmp_path / "sites.xlsx")
    book = write_xlsx(tmp_path / "book.xlsx", {"网站": [SITE, CITY]}).rename(tmp_path / "book.csv")
    assert load(text).digest == load(book).digest


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(RegisterUnreadable, match="is no ordinary file"):
        load(tmp_path / "pipe.csv")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any, **options: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    path = write_csv(tmp_path / "sites.csv", [SITE, CITY])
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(RegisterUnreadable, match=r"cannot be read \(Permission denied\): check its name and permissions"):
        load(path)


def test_a_file_that_goes_away_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path, sites=[SITE, CITY])

    def gone(*arguments: Any) -> Any:
        found = find_tables(*arguments)
        (tmp_path / "sites.csv").unlink()
        return found

    monkeypatch.setattr("register.loading.find_tables", gone)
    with pytest.raises(RegisterUnreadable, match=r"sites\.csv went away while it was read: load the register again"):
        load(tmp_path)
