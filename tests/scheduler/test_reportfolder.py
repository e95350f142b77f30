"""The drop folder and the body of a request: every form of file, read once, every bad row with its place."""

import os
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.accounts.reportfolder import MOST_BODY, MOST_ROWS, SETTLED_MS, FolderLook, look_into, read_body
from tests.register.desk import write_csv, write_xlsx
from tests.scheduler.test_reports import KNOWN, LINK, NOW_MS

HEADER = ("账号标识", "账号名称", "类型", "最近更新时间", "链接", "填报人", "备注")
VIDEO = ("sp01", "江北公安", "微信视频号", "2026-08-20", LINK, "市公安局", "")
WEIBO = ("wb01", "江北发布", "新浪微博", "2026-09-01", "", "府办", "")


def settled(*paths: Path) -> None:
    for path in paths:
        os.utime(path, (NOW_MS / 1000 - 60, NOW_MS / 1000 - 60))


def look(folder: Path, seen: frozenset[str] = frozenset()) -> FolderLook:
    return look_into(folder, seen, KNOWN, NOW_MS)


def accounts(found: FolderLook) -> list[tuple[str, str]]:
    return [(told.account, told.updated) for told in found.batch.reports]


def test_tables_and_json_lines_are_read_alike(tmp_path: Path) -> None:
    line = {"account": "wx01", "updated": "2026-08-31", "link": LINK}
    settled(
        write_csv(tmp_path / "a.csv", [HEADER, VIDEO], "gb18030"),
        write_xlsx(tmp_path / "b.xlsx", {"报送": [HEADER, WEIBO]}),
        tmp_path / "c.jsonl" if (tmp_path / "c.jsonl").write_bytes(orjson.dumps(line) + b"\n") else tmp_path,
    )
    found = look(tmp_path)
    assert accounts(found) == [("sp01", "2026-08-20"), ("wb01", "2026-09-01"), ("wx01", "2026-08-31")]
    assert found.files == ("a.csv", "b.xlsx", "c.jsonl")
    assert not [problem for problem in found.batch.problems if problem.severity == "bad"]


def test_a_file_is_read_once_and_again_when_it_changed(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [HEADER, VIDEO])
    settled(path)
    first = look(tmp_path)
    assert first.files == ("a.csv",)
    again = look(tmp_path, first.seen)
    assert (again.files, again.batch.reports, again.seen) == ((), (), first.seen)
    write_csv(path, [HEADER, VIDEO, WEIBO])
    settled(path)
    assert len(look(tmp_path, first.seen).batch.reports) == 2


def test_a_copy_under_another_name_is_not_read_twice(tmp_path: Path) -> None:
    settled(write_csv(tmp_path / "a.csv", [HEADER, VIDEO]), write_csv(tmp_path / "b.csv", [HEADER, VIDEO]))
    assert look(tmp_path).files == ("a.csv",)


def test_nothing_in_the_folder_is_moved_or_changed(tmp_path: Path) -> None:
    settled(write_csv(tmp_path / "a.csv", [HEADER, VIDEO]))
    before = [(path.name, path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()]
    look(tmp_path)
    assert before == [(path.name, path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()]


def test_a_file_still_being_written_waits_for_the_next_look(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [HEADER, VIDEO])
    os.utime(path, ns=((NOW_MS - SETTLED_MS + 1) * 1_000_000,) * 2)
    found = look(tmp_path)
    assert (found.files, found.seen) == ((), frozenset())


def test_bad_rows_are_told_with_file_sheet_and_line_and_the_others_stand(tmp_path: Path) -> None:
    bad = ("zz99", "不知道", "微信视频号", "2026-08-20", "", "", "")
    ahead = ("wb01", "江北发布", "新浪微博", "2036-08-20", "", "", "")
    settled(write_xlsx(tmp_path / "b.xlsx", {"报送": [HEADER, bad, VIDEO, ahead]}))
    found = look(tmp_path)
    assert accounts(found) == [("sp01", "2026-08-20")]
    places = [(p.file, p.sheet, p.line, p.field) for p in found.batch.problems if p.severity == "bad"]
    assert places == [("b.xlsx", "报送", 2, "账号标识"), ("b.xlsx", "报送", 4, "最近更新时间")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"just some words\nand more"),
        ("a.xlsx", b"PK\x03\x04 not a workbook"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0 old"),
        ("a.jsonl", b""),
        ("a.jsonl", b"{not json}\n[1,2]\n"),
        ("a.json", b"[1, null, []]"),
    ],
)
def test_a_file_that_is_no_report_is_a_problem_and_no_error(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    settled(tmp_path / name)
    found = look(tmp_path)
    assert found.batch.reports == ()
    assert any(problem.severity == "bad" and problem.file == name for problem in found.batch.problems)


def test_a_folder_that_is_not_there_is_a_problem_and_no_error(tmp_path: Path) -> None:
    found = look(tmp_path / "nowhere")
    assert [problem.severity for problem in found.batch.problems] == ["bad"]


def test_hidden_files_links_and_other_files_are_passed_over(tmp_path: Path) -> None:
    outside = write_csv(tmp_path / "outside.csv", [HEADER, VIDEO])
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "link.csv").symlink_to(outside)
    (folder / "sub.csv").mkdir()
    (folder / "notes.txt").write_text("x")
    settled(write_csv(folder / ".hidden.csv", [HEADER, VIDEO]), write_csv(folder / "~$open.csv", [HEADER, VIDEO]), outside)
    found = look(folder)
    assert (found.files, found.batch.problems) == ((), ())


@pytest.mark.parametrize(
    "body",
    [
        {"account": "sp01", "updated": "2026-08-20"},
        [{"account_code": "sp01", "last_update": "2026-08-20"}],
        {"reports": [{"账号标识": "sp01", "最近更新时间": "2026-08-20"}]},
        {"platform": "视频号", "name": "江北公安", "date": 1787155200},
    ],
)
def test_a_request_may_bear_one_report_or_many_in_either_language(body: object) -> None:
    batch = read_body(orjson.dumps(body), KNOWN, NOW_MS)
    assert [(told.account, told.updated) for told in batch.reports] == [("sp01", "2026-08-20")]
    assert batch.problems == ()


def test_the_lines_of_a_request_are_told_by_their_number() -> None:
    good = orjson.dumps({"account": "sp01", "updated": "2026-08-20"})
    batch = read_body(good + b"\n\n{broken\n" + orjson.dumps({"account": "zz", "updated": "2026-08-20"}), KNOWN, NOW_MS)
    assert [told.source for told in batch.reports] == ["POST line 1"]
    assert [problem.line for problem in batch.problems] == [3, 4]


def test_a_body_that_is_too_large_is_not_read() -> None:
    batch = read_body(b" " * (MOST_BODY + 1), KNOWN, NOW_MS)
    assert (batch.reports, len(batch.problems)) == ((), 1)


def test_more_rows_than_one_file_may_have_are_told(tmp_path: Path) -> None:
    row = orjson.dumps({"account": "sp01", "updated": "2026-08-20"}) + b"\n"
    (tmp_path / "a.jsonl").write_bytes(row * (MOST_ROWS + 5))
    settled(tmp_path / "a.jsonl")
    problems = [problem for problem in look(tmp_path).batch.problems if problem.severity == "bad"]
    assert [problem.line for problem in problems] == [MOST_ROWS + 1]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_body_is_a_batch(body: bytes) -> None:
    for sent in (body, b'{"reports":[' + body, b'[{"account":"sp01","updated":"' + body + b'"}]'):
        batch = read_body(sent, KNOWN, NOW_MS)
        assert batch.reports or batch.problems
