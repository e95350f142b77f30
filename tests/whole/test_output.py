"""What a person and a pipe get to see."""

import json
from pathlib import Path

from tests.whole.conftest import Crawl
from tests.whole.contract import breaches, rows

PACE = ("--min-delay", "0.002", "--max-delay", "0.01")


def test_journal_to_standard_output_is_the_journal(crawl: Crawl, tmp_path: Path) -> None:
    process = crawl(tmp_path / "out", *PACE, "--journal", "-")
    printed, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert printed.encode().splitlines() == [raw for _, raw in rows(tmp_path / "out/journal")]


def test_a_second_pass_prints_only_its_own_lines(crawl: Crawl, tmp_path: Path) -> None:
    crawl(tmp_path / "out", *PACE).communicate(timeout=60)
    before = sum(1 for _ in rows(tmp_path / "out/journal"))
    printed, _ = crawl(tmp_path / "out", *PACE, "--journal", "-").communicate(timeout=60)
    assert json.loads(printed.splitlines()[0])["seq"] == before + 1


def test_a_reader_that_goes_away_does_not_stop_the_patrol(crawl: Crawl, tmp_path: Path) -> None:
    process = crawl(tmp_path / "out", *PACE, "--journal", "-")
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(60) == 0
    assert breaches(tmp_path / "out/journal") == []


def test_a_reader_that_never_reads_does_not_hold_the_patrol_up(crawl: Crawl, tmp_path: Path) -> None:
    process = crawl(tmp_path / "out", *PACE, "--journal", "-")
    assert process.wait(60) == 0
    assert sum(1 for _ in rows(tmp_path / "out/journal")) == 230


def test_unchanged_pages_are_not_read_again_and_say_so(crawl: Crawl, tmp_path: Path) -> None:
    crawl(tmp_path / "out", *PACE).communicate(timeout=60)
    crawl(tmp_path / "out", *PACE).communicate(timeout=60)
    lines = [json.loads(raw) for _, raw in rows(tmp_path / "out/journal")]
    first = {(row["kind"], row["target"]): row for row in lines[: len(lines) // 2]}
    columns = [row for row in lines[len(lines) // 2 :] if row["unchanged"]]
    assert columns
    for row in columns:
        assert row["reading"] == first[row["kind"], row["target"]]["reading"]
        assert row["new_items"] == []
        assert not row["first_look"]
