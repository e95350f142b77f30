"""A province in a process of its own, and the command line as a person calls it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

XUNWANG = Path(sys.executable).with_name("xunwang")
Crawl = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Ten healthy sites of twenty columns; gives the folder with register, truth and hosts."""
    folder = tmp_path_factory.mktemp("province")
    command: list[str | Path] = [sys.executable, "-m", "province", "--healthy", "--out", folder]
    command += ["--sites", "10", "--columns", "20", "--seed", "7"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready"
    try:
        yield folder
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture
def crawl(province: Path) -> Iterator[Crawl]:
    """Start `xunwang crawl` over the province; whatever is still running is killed at the end of the test."""
    started: list[subprocess.Popen[str]] = []

    def start(out: Path, *more: str) -> subprocess.Popen[str]:
        command: list[str | Path] = [XUNWANG, "crawl", province / "register", "--out", out, "--allow", "127.0.0.0/8"]
        command += ["--hosts", province / "hosts.json", *more]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "NO_COLOR": "1"}
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
