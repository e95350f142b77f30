"""Provinces with every fault we know: each line says what a careful human would say (`make agreement` takes more seeds)."""

import subprocess
from pathlib import Path

import pytest

from tests.whole.conftest import XUNWANG
from tests.whole.contract import breaches


@pytest.mark.parametrize(("seed", "workers"), [(11, 0), (12, 2)])
def test_every_line_of_a_province_full_of_faults_agrees_with_its_truth(tmp_path: Path, seed: int, workers: int) -> None:
    out = tmp_path / "demo"
    command: list[str | Path] = [XUNWANG, "demo", "--sites", "30", "--columns", "10", "--out", out]
    command += ["--seed", str(seed), "--workers", str(workers)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, env={"COLUMNS": "300"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert breaches(out / "journal") == []
