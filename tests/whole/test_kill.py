"""kill -9 at any time costs nothing: no line, no seq, no id, no truth."""

import os
import random
import signal
import subprocess
from pathlib import Path

import orjson
import pytest

from province.agreement import disagreement
from tests.whole.conftest import Crawl
from tests.whole.contract import breaches, observations, visits_by_pass

PACE = ("--min-delay", "0.005", "--max-delay", "0.02")


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in text.split()]


def _run_until_killed(crawl: Crawl, out: Path, chance: random.Random, workers: int) -> bool:
    """One run; True where it was killed before its end. With workers, sometimes only a crawler is killed."""
    process = crawl(out, *PACE, "--workers", str(workers))
    try:
        process.wait(chance.uniform(0.2, 1.6))
    except subprocess.TimeoutExpired:
        children = _children(process.pid)
        if children and chance.random() < 0.5:
            os.kill(chance.choice(children), signal.SIGKILL)
            try:
                process.wait(chance.uniform(0.0, 0.5))
                return True
            except subprocess.TimeoutExpired:
                pass
        process.kill()
        process.communicate()
        return True
    return False


@pytest.mark.parametrize(("workers", "kills"), [(0, 34), (2, 18)])
def test_a_patrol_killed_again_and_again_writes_every_visit_once(
    crawl: Crawl, province: Path, tmp_path: Path, workers: int, kills: int
) -> None:
    chance = random.Random(20_261_122 + workers)
    out = tmp_path / "out"
    killed = 0
    for _ in range(4 * kills):
        killed += _run_until_killed(crawl, out, chance, workers)
        if (out / "journal").exists():
            assert breaches(out / "journal") == []
        if killed == kills:
            break
    assert killed == kills
    last = crawl(out, *PACE)
    _, said = last.communicate(timeout=60)
    assert last.returncode == 0, said
    assert breaches(out / "journal") == []
    truth = {
        (row["kind"], row["target"]): row for row in map(orjson.loads, (province / "truth.jsonl").read_bytes().splitlines())
    }
    for due, visits in visits_by_pass(out / "journal").items():
        assert set(visits) == set(truth), due
        assert set(visits.values()) == {1}, due
    for row in observations(out / "journal"):
        assert row["outcome"] == "internal" or disagreement(truth[row["kind"], row["target"]], row) is None


def test_a_ledger_that_was_lost_is_made_again_from_the_journal(crawl: Crawl, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = crawl(out, *PACE)
    first.communicate(timeout=60)
    before = len(observations(out / "journal"))
    for file in out.glob("ledger.sqlite*"):
        file.unlink()
    again = crawl(out, *PACE)
    _, said = again.communicate(timeout=60)
    assert again.returncode == 0, said
    assert breaches(out / "journal") == []
    rows = observations(out / "journal")
    assert len(rows) == 2 * before
    assert not any(row["new_items"] for row in rows[before:]), "known items were forgotten"
    assert not any(row["unchanged"] for row in rows[before:]), "a replayed ledger has no validators"


def test_a_patrol_stops_within_eight_seconds_of_sigterm_and_goes_on_later(crawl: Crawl, tmp_path: Path) -> None:
    out = tmp_path / "out"
    slow = crawl(out, "--min-delay", "0.3", "--max-delay", "0.3", "--workers", "1")
    with pytest.raises(subprocess.TimeoutExpired):
        slow.wait(2.5)
    slow.terminate()
    _, said = slow.communicate(timeout=8)
    assert slow.returncode == 1
    assert "goes on where it stopped" in said
    done = len(observations(out / "journal"))
    rest = crawl(out, *PACE)
    _, said = rest.communicate(timeout=60)
    assert "resumed" in said
    assert rest.returncode == 0
    assert breaches(out / "journal") == []
    assert done > 0
    assert {number for visits in visits_by_pass(out / "journal").values() for number in visits.values()} == {1}
