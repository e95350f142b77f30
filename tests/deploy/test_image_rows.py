"""The judgements of deploy/image_test.py, without building anything."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "deploy/image_test.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("image_test", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def journal(folder: Path, *rows: tuple[int, str]) -> Path:
    folder.mkdir()
    lines = "".join(json.dumps({"seq": seq, "id": name}) + "\n" for seq, name in rows)
    (folder / "observations-000001.jsonl").write_text(lines)
    return folder


def test_a_whole_journal_is_counted(script: ModuleType, tmp_path: Path) -> None:
    assert script.lines_of(journal(tmp_path / "j", (1, "a"), (2, "b"))) == 2


@pytest.mark.parametrize("rows", [((1, "a"), (3, "b")), ((1, "a"), (2, "a")), ((2, "a"),)])
def test_a_gap_and_a_double_line_fail(script: ModuleType, tmp_path: Path, rows: tuple[tuple[int, str], ...]) -> None:
    with pytest.raises(script.Failed, match="gaps or double lines"):
        script.lines_of(journal(tmp_path / "j", *rows))


def test_a_row_that_fails_is_said_and_counts(script: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    def fails() -> str:
        raise script.Failed("it did not stop")

    assert (script._row("service", fails), script._row("demo", lambda: "9 lines")) == (1, 0)
    said = capsys.readouterr().out.splitlines()
    assert [line.split(maxsplit=2) for line in said] == [["FAIL", "service", "it did not stop"], ["ok", "demo", "9 lines"]]


def test_only_the_process_that_was_asked_for_is_found_below_another(script: ModuleType) -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'], stdin=sys.stdin)"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as parent:
        name = Path(sys.executable).name
        script.eventually("the child", lambda: script.inner(parent.pid, name), 10)
        (child,) = script.inner(parent.pid, name)
        assert child != parent.pid
        assert script.inner(parent.pid, "something-else") == []
        assert parent.stdin is not None
        parent.stdin.close()


def test_what_does_not_come_about_is_named(script: ModuleType) -> None:
    with pytest.raises(script.Failed, match="the province did not come about within 0 s"):
        script.eventually("the province", lambda: False, 0.0)
