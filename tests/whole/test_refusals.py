"""Wrong file, wrong option, full disk, a folder in use: one sentence that says what to do, and nothing lost."""

import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.whole.conftest import XUNWANG, Crawl
from tests.whole.contract import breaches, observations


def xunwang(*arguments: object) -> tuple[int, str]:
    done = subprocess.run([XUNWANG, *map(str, arguments)], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr.strip()


def refused(code_and_text: tuple[int, str], *words: str) -> None:
    code, text = code_and_text
    assert code == 2, text
    assert "\n" not in text, text
    assert text.startswith("xunwang: ")
    for word in words:
        assert word in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["crawl"], ("--help",)),
        (["crawl", "r", "--out", "o", "--allow", "everywhere"], ("127.0.0.0/8",)),
        (["crawl", "r", "--out", "o", "--min-delay", "-1"], ("min-delay",)),
        (["nonsense"], ("nonsense",)),
        (["show", "5115000001/gzdt", "--out", "nowhere"], ("no ledger",)),
        (["read", "nowhere.jsonl"], ("cannot be read",)),
        (["explain", "nowhere.html"], ("cannot be read",)),
        (["serve", "--config", "nowhere.toml"], ("cannot be read", "--config")),
        (["register", "nowhere"], ("nowhere",)),
    ],
)
def test_a_wrong_call_is_refused_with_one_sentence(arguments: list[str], words: tuple[str, ...]) -> None:
    refused(xunwang(*arguments), *words)


def test_an_unreadable_register_leaves_no_ledger_entries(tmp_path: Path) -> None:
    file = tmp_path / "register.xlsx"
    file.write_bytes(b"%PDF-1.4 this is no workbook")
    refused(xunwang("crawl", file, "--out", tmp_path / "out"), "register.xlsx")
    assert list((tmp_path / "out/journal").iterdir()) == []


def test_a_folder_in_use_names_its_holder(crawl: Crawl, province: Path, tmp_path: Path) -> None:
    first = crawl(tmp_path / "out", "--min-delay", "1")
    while not (tmp_path / "out/ledger.sqlite").exists():
        assert first.poll() is None
    refused(xunwang("crawl", province / "register", "--out", tmp_path / "out"), "in use", str(first.pid))


def test_another_programs_ledger_is_left_as_it_is(province: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with sqlite3.connect(out / "ledger.sqlite") as connection:
        connection.execute("CREATE TABLE theirs(x)")
    connection.close()
    before = (out / "ledger.sqlite").read_bytes()
    refused(xunwang("crawl", province / "register", "--out", out), "not a xunwang ledger")
    assert (out / "ledger.sqlite").read_bytes() == before


def test_a_full_disk_stops_the_patrol_with_whole_lines_only_and_the_next_run_goes_on(
    crawl: Crawl, province: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = [XUNWANG, "crawl", province / "register", "--out", out, "--hosts", province / "hosts.json"]
    command += ["--allow", "127.0.0.0/8", "--min-delay", "0.001", "--max-delay", "0.002"]
    process = subprocess.Popen(
        [sys.executable, "-c", _LIMITED, *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(6)
    process.terminate()
    _, said = process.communicate(timeout=8)
    assert process.returncode == 1
    assert "make room on the disk" in said
    assert breaches(out / "journal") == []
    some = len(observations(out / "journal"))
    rest = crawl(out, "--min-delay", "0.001", "--max-delay", "0.002")
    _, said = rest.communicate(timeout=60)
    assert rest.returncode == 0, said
    assert breaches(out / "journal") == []
    assert len(observations(out / "journal")) > some


_LIMITED = f"""
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, {resource.RLIM_INFINITY}))
os.execv(sys.argv[1], sys.argv[1:])
"""
