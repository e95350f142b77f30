"""Accepted rows as lines, and what tells two rows apart for a reader."""

from pathlib import Path

import msgspec
import pytest

from register import Pause, RegisterUnreadable, Subject, Target, read_accepted, row_digest

COLUMN = Target("5115000001/gzdt", "column", "5115000001", "http://www.nanxi.gov.cn/gzdt/", "www.nanxi.gov.cn", "工作动态")


@pytest.mark.parametrize(
    "changed",
    [
        msgspec.structs.replace(COLUMN, url="https://www.nanxi.gov.cn/gzdt/"),
        msgspec.structs.replace(COLUMN, selector="ul li"),
        msgspec.structs.replace(COLUMN, json_path="ul li"),
        msgspec.structs.replace(COLUMN, charset="gbk"),
    ],
)
def test_what_changes_the_reading_changes_the_digest_of_the_row(changed: Target) -> None:
    assert row_digest(changed) != row_digest(COLUMN)


@pytest.mark.parametrize(
    "changed",
    [
        msgspec.structs.replace(COLUMN, name="政务动态"),
        msgspec.structs.replace(COLUMN, category="news", unit="市政府办", first_level=True),
        msgspec.structs.replace(COLUMN, pace_s=30.0, paused=Pause("改版")),
        msgspec.structs.replace(COLUMN, key="5115000001/other", subject="5115000002"),
    ],
)
def test_what_does_not_change_the_reading_does_not(changed: Target) -> None:
    assert row_digest(changed) == row_digest(COLUMN)
    assert len(row_digest(COLUMN)) == 16


def test_selector_and_json_path_of_the_same_text_are_told_apart() -> None:
    by_selector, by_path = (msgspec.structs.replace(COLUMN, **{field: "rows"}) for field in ("selector", "json_path"))
    assert row_digest(by_selector) != row_digest(by_path)


def test_lines_are_read_back_with_their_tags(tmp_path: Path) -> None:
    rows = [Subject("5115000001", "site", "南溪市人民政府网", paused=Pause(None, "2026-12-31")), COLUMN]
    path = tmp_path / "a.jsonl"
    path.write_bytes(msgspec.json.Encoder().encode_lines(rows))
    assert list(read_accepted(path)) == rows
    assert path.read_text("utf-8").startswith('{"type":"subject","code":"5115000001"')


@pytest.mark.parametrize(
    "line", [b"{}\n", b'{"type":"target"}\n', b"\xff\n", b'{"type":"subject","code":"1","kind":"x","name":""}\n']
)
def test_a_damaged_file_is_said_to_be_so(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(line)
    with pytest.raises(RegisterUnreadable, match="is damaged: delete it and load the register again"):
        list(read_accepted(path))
