"""The run of all five: what it tells, and that it says so where something cannot be printed or compared."""

import json
from pathlib import Path

import pytest

from tests.circulars import five
from tests.circulars.__main__ import parser
from tests.circulars.accept import accept_folder, compared
from tests.circulars.scenario import decided
from tests.circulars.town import LOOKED, town


@pytest.fixture
def printed_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a comparison that looks at the number of sites only."""
    (tmp_path / "accept" / "circulars").mkdir(parents=True)
    program = (
        "import json, sys\n"
        "want, got = (json.load(open(path, encoding='utf-8')) for path in sys.argv[1:3])\n"
        "print('sites', want, got['statistics']['sites.total']['value'])\n"
        "sys.exit(want != got['statistics']['sites.total']['value'])\n"
    )
    (tmp_path / "accept" / "circular.py").write_text(program, encoding="utf-8")
    monkeypatch.setenv("XUNWANG_ACCEPT", str(tmp_path / "accept"))
    return tmp_path / "accept"


@pytest.mark.parametrize(("sites", "equal"), [(2, True), (3, False)])
def test_a_circular_is_compared_and_the_difference_is_told(
    printed_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sites: int, equal: bool
) -> None:
    (printed_folder / "circulars" / "town.json").write_text(json.dumps(sites), encoding="utf-8")
    monkeypatch.setitem(five.SCENARIOS, "town", town)
    told, good = five.run("town", tmp_path / "patrols", tmp_path / "out")
    assert good is equal
    assert ("as printed, cell by cell" in told) is equal
    assert ("sites 3 2" in told) is not equal
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        f"town{suffix}" for suffix in (".json", ".docx", ".xlsx", ".html")
    }


def test_what_cannot_be_printed_is_told_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    undecided = town(office=(LOOKED, decided(("LZ00001", "N2", "合格", "已核", "巡查组"))), reported=False)
    monkeypatch.setitem(five.SCENARIOS, "town", lambda: undecided)
    told, good = five.run("town", tmp_path / "patrols", tmp_path / "out")
    assert not good
    assert "LZ00003" in told
    assert not any((tmp_path / "out").iterdir())


def test_without_printed_circulars_nothing_is_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XUNWANG_ACCEPT", str(tmp_path / "nowhere"))
    assert accept_folder() is None
    monkeypatch.setitem(five.SCENARIOS, "town", town)
    told, good = five.run("town", tmp_path / "patrols", tmp_path / "out")
    assert good
    assert "not compared" in told


def test_a_comparison_that_cannot_be_made_is_no_equality(printed_folder: Path, tmp_path: Path) -> None:
    assert not compared(printed_folder, "absent", tmp_path / "absent.json").equal


def test_the_command_takes_all_five_or_some() -> None:
    assert parser().parse_args([]).names == []
    assert parser().parse_args(["S2", "S4", "--out", "there"]).names == ["S2", "S4"]
    with pytest.raises(SystemExit):
        parser().parse_args(["S9"])
