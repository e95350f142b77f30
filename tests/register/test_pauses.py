"""不检查, 原因, 至."""

import datetime as dt
from pathlib import Path

import pytest

from register import Pause, Register, load
from tests.register.desk import CITY, COLUMN, NEWS, SITE, found, load_folder, only, targets, write_xlsx

HEADERS = (*COLUMN, "不检查", "原因", "至")


def paused(folder: Path, *cells: object) -> tuple[Register, Pause | None]:
    path = write_xlsx(folder / "a.xlsx", {"网站": [SITE, CITY], "栏目": [HEADERS, (*NEWS, *cells)]})
    register = load(path, folder / "keep")
    return register, targets(register)["5115000001/gzdt"].paused


@pytest.mark.parametrize("word", ["是", "√", "暂停", "不检查", "Y", True, 1])
def test_yes_in_any_spelling_pauses_with_reason_and_last_day(tmp_path: Path, word: object) -> None:
    register, pause = paused(tmp_path, word, "改版", "2026-12-31")
    assert pause == Pause("改版", "2026-12-31")
    assert register.problems == ()


@pytest.mark.parametrize("word", ["否", "", "×", "检查", "正常", "无", False, 0])
def test_no_in_any_spelling_does_not_pause(tmp_path: Path, word: object) -> None:
    register, pause = paused(tmp_path, word, "", "")
    assert pause is None
    assert register.problems == ()


@pytest.mark.parametrize(
    "cell",
    [
        "2026-12-31",
        "2026/12/31",
        "2026.12.31",
        "2026年12月31日",
        "2026-12-31 00:00:00",
        "２０２６－１２－３１",
        dt.date(2026, 12, 31),
    ],
)
def test_days_are_read_as_offices_write_them(tmp_path: Path, cell: object) -> None:
    register, pause = paused(tmp_path, "是", "", cell)
    assert pause == Pause(None, "2026-12-31")
    assert register.problems == ()


@pytest.mark.parametrize("cell", ["20261231", 20261231, 46387, "2026年12月", "2026-12", "2026年底"])
def test_other_writings_of_a_day_are_read_and_said(tmp_path: Path, cell: object) -> None:
    register, pause = paused(tmp_path, "是", "", cell)
    assert pause == Pause(None, "2026-12-31")
    assert (only(register).severity, only(register).mend) == ("mended", "write 2026-12-31")


@pytest.mark.parametrize("cell", ["", "长期", "另行通知", "/"])
def test_a_pause_may_have_no_end(tmp_path: Path, cell: str) -> None:
    register, pause = paused(tmp_path, "是", "改版", cell)
    assert pause == Pause("改版")
    assert register.problems == ()


@pytest.mark.parametrize("cell", ["下个月", "2026-13-31", "2026-02-30", "0000-13"])
def test_a_day_that_cannot_be_read_pauses_without_an_end_and_is_said(tmp_path: Path, cell: str) -> None:
    register, pause = paused(tmp_path, "是", "改版", cell)
    assert pause == Pause("改版")
    assert "without an end" in only(register).reason


def test_a_reason_in_place_of_yes_pauses_for_that_reason(tmp_path: Path) -> None:
    register, pause = paused(tmp_path, "升级改版中", "", "2026-12-31")
    assert pause == Pause("升级改版中", "2026-12-31")
    assert only(register).severity == "mended"


def test_a_day_in_place_of_yes_pauses_until_that_day(tmp_path: Path) -> None:
    register, pause = paused(tmp_path, dt.datetime(2026, 12, 31), "改版", "")
    assert pause == Pause("改版", "2026-12-31")
    assert only(register).severity == "mended"


def test_a_day_without_yes_pauses_and_is_said(tmp_path: Path) -> None:
    register, pause = paused(tmp_path, "", "改版", "2026-12-31")
    assert pause == Pause("改版", "2026-12-31")
    assert (only(register).field, only(register).value, only(register).severity) == ("不检查", "2026-12-31", "mended")


def test_a_reason_alone_does_not_pause_and_is_noted(tmp_path: Path) -> None:
    register, pause = paused(tmp_path, "", "改版", "")
    assert pause is None
    assert (only(register).field, only(register).severity) == ("原因", "note")


def test_a_site_is_paused_with_its_home_page(tmp_path: Path) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", sites=[(*SITE, "暂停", "原因"), (*CITY, "是", "迁移")])
    assert targets(register)["5115000001/@home"].paused == Pause("迁移")
    assert found(register, "bad") == []
