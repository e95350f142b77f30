"""What a service does when its surroundings are wrong or go wrong: a clear word or a recovery, and nothing lost.

Each test is a row. Rows that lie elsewhere: a folder in use, another program's ledger, a full disk in `crawl` (test_refusals),
hosts that break (test_serve_troubles), a patrol killed again and again (test_kill).
"""

import json
import os
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from scheduler.ledger import Ledger
from tests.whole.conftest import XUNWANG
from tests.whole.contract import breaches, observations
from tests.whole.running import prepare

SETTINGS = """
register = "{register}"
out = "volume/patrol"
[pace]
gap_least = 0.005
gap_most = 0.02
[probes]
per_day = 0
[http]
port = 0
[crawler]
allow = ["127.0.0.0/8"]
hosts = "{hosts}"
"""
BEGIN_S, EACH_S = 4.0, 0.04
"""The first line is due so long after the start is prepared, and then one each."""


class Patrol:
    def __init__(self, process: "subprocess.Popen[bytes]", url: str, journal: Path) -> None:
        self.process, self.url, self.journal = process, url, journal

    def asked(self, path: str) -> tuple[int, str]:
        try:
            with urlopen(self.url + path, timeout=10) as answer:
                return int(answer.status), answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def metric(self, name: str) -> float:
        families = text_string_to_metric_families(self.asked("/metrics")[1])
        return sum(sample.value for family in families for sample in family.samples if sample.name == name)

    def lines(self) -> int:
        return len(observations(self.journal))


def eventually(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.1)


def due_one_after_another(ledger: Ledger, now_ms: int) -> None:
    connection = ledger.transaction()
    rows = connection.execute("SELECT id FROM states WHERE due IS NOT NULL ORDER BY id").fetchall()
    connection.executemany(
        "UPDATE states SET due = ? WHERE id = ?",
        [(now_ms + round(1000 * (BEGIN_S + EACH_S * number)), *row) for number, row in enumerate(rows)],
    )


@pytest.fixture
def config(province: Path, tmp_path: Path) -> Path:
    path = tmp_path / "xunwang.toml"
    path.write_text(SETTINGS.format(register=province / "register", hosts=province / "hosts.json"))
    return path


@contextmanager
def patrolling(config: Path, **environ: str) -> Iterator[Patrol]:
    """`xunwang serve`, from when it listens; what is still running is killed at the end."""
    log = config.parent / "log"
    with log.open("wb") as errors:
        command: list[str | Path] = [XUNWANG, "serve", "--config", config]
        process = subprocess.Popen(command, stderr=errors, env={**os.environ, **environ})
    try:
        eventually(lambda: '"listening"' in log.read_text() or process.poll() is not None)
        line = next(json.loads(line) for line in log.read_text().splitlines() if '"listening"' in line)
        yield Patrol(process, f"http://127.0.0.1:{line['addresses'][0][1]}", config.parent / "volume/patrol/journal")
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def stopped(patrol: Patrol) -> None:
    """SIGTERM ends it cleanly, with a journal that keeps the contract."""
    patrol.process.terminate()
    assert patrol.process.wait(8) == 0
    assert breaches(patrol.journal) == []


def refused(config: Path, *wrapped: str, **environ: str) -> str:
    """The one sentence that the service ends with."""
    command = [*wrapped, str(XUNWANG), "serve", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, **environ})
    assert done.returncode == 2, done.stderr
    *log, sentence = done.stderr.splitlines()
    assert sentence.startswith("xunwang: "), sentence
    assert all(json.loads(line)["level"] == "info" for line in log)
    return sentence


# ---- before the start ----


def test_wrong_settings_are_refused_by_key_and_nothing_is_made(config: Path) -> None:
    config.write_text(config.read_text().replace("gap_least", "gap_lest"))
    assert "unknown key pace.gap_lest; did you mean pace.gap_least?" in refused(config)
    assert not (config.parent / "volume").exists()


def test_a_wrong_variable_is_refused_by_name_and_nothing_is_made(config: Path) -> None:
    assert "XUNWANG_HTTP_PROT is no setting; did you mean XUNWANG_HTTP_PORT?" in refused(config, XUNWANG_HTTP_PROT="1")
    assert not (config.parent / "volume").exists()


def test_a_missing_register_is_refused_by_its_path(config: Path) -> None:
    assert "/nowhere" in refused(config, XUNWANG_REGISTER=str(config.parent / "nowhere"))


def test_a_volume_that_is_not_there_is_refused_by_its_path(config: Path) -> None:
    (config.parent / "volume").write_bytes(b"no folder")
    said = refused(config)
    assert f"nothing can be written to {config.parent / 'volume/patrol'}" in said
    assert "name a folder that this user may write to" in said


READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'


@pytest.mark.parametrize("used_before", [False, True])
def test_a_read_only_volume_is_refused_by_its_path(config: Path, used_before: bool) -> None:
    volume = config.parent / "volume"
    volume.mkdir()
    if used_before:
        prepare(config, due_one_after_another)
    wrapped = ("unshare", "--mount", "sh", "-c", READ_ONLY, str(volume))
    if subprocess.run([*wrapped, "true"], capture_output=True).returncode:
        pytest.skip("only root may mount a folder read-only")
    said = refused(config, *wrapped)
    assert f"nothing can be written to {volume / 'patrol'} (Read-only file system)" in said


def test_a_port_that_is_taken_is_refused_by_its_number(config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused(config, XUNWANG_HTTP_PORT=str(port))
    assert f"cannot listen on 127.0.0.1:{port} (Address already in use); set http.port to a free one" in said


# ---- while it runs ----


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles"])
def test_a_clock_in_another_zone_changes_no_time_in_a_line(config: Path, zone: str) -> None:
    prepare(config, due_one_after_another)
    with patrolling(config, TZ=zone) as patrol:
        eventually(lambda: patrol.lines() >= 20)
        now = time.time()
        stopped(patrol)
    told = [datetime.fromisoformat(line["at"]) for line in observations(patrol.journal)]
    assert {str(moment.utcoffset()) for moment in told} == {"8:00:00"}
    assert all(abs(moment.timestamp() - now) < 60 for moment in told)


def test_killed_at_a_memory_limit_it_starts_again_and_no_line_is_lost_or_written_twice(config: Path) -> None:
    prepare(config, due_one_after_another)
    with patrolling(config) as patrol:
        eventually(lambda: patrol.lines() >= 30)
        patrol.process.send_signal(signal.SIGKILL)  # what the kernel does at the limit of a container
        patrol.process.wait()
    before = [line["id"] for line in observations(patrol.journal)]
    with patrolling(config) as again:
        eventually(lambda: again.lines() >= len(before) + 30)
        assert again.asked("/healthz")[0] == 200
        stopped(again)
    assert [line["id"] for line in observations(again.journal)][: len(before)] == before


def test_a_full_disk_is_told_waited_out_and_nothing_is_lost(config: Path) -> None:
    prepare(config, due_one_after_another)
    with patrolling(config) as patrol:
        eventually(lambda: patrol.lines() >= 20)
        segment = max(patrol.journal.iterdir())
        limit(patrol.process.pid, segment.stat().st_size + 3000)
        eventually(lambda: patrol.metric("xunwang_paused") == 1)
        status, said = patrol.asked("/healthz")
        assert (status, json.loads(said)["ok"]) == (503, False)
        assert "make room on the disk, the patrol goes on by itself" in json.loads(said)["reason"]
        assert breaches(patrol.journal) == []
        full = patrol.lines()
        limit(patrol.process.pid, resource.RLIM_INFINITY)
        eventually(lambda: patrol.lines() >= full + 20)
        eventually(lambda: patrol.asked("/healthz")[0] == 200)
        assert patrol.metric("xunwang_paused") == 0
        stopped(patrol)


def limit(pid: int, size: int) -> None:
    """No file of the process may grow beyond `size` bytes."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_nobody_scraping_and_scrapers_that_hang_do_not_slow_the_patrol(config: Path) -> None:
    prepare(config, due_one_after_another)
    with patrolling(config) as patrol, ExitStack() as hanging:
        host, _, port = patrol.url.removeprefix("http://").rpartition(":")
        for _ in range(50):
            scraper = hanging.enter_context(socket.create_connection((host, int(port)), timeout=5))
            scraper.sendall(b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n" * 20)  # and never reads an answer
        eventually(lambda: patrol.lines() >= 60)
        assert patrol.asked("/healthz")[0] == 200
        stopped(patrol)


def test_a_volume_that_is_copied_while_it_is_written_to_can_be_started_on(config: Path) -> None:
    prepare(config, due_one_after_another)
    copy = config.parent / "copy"
    with patrolling(config) as patrol:
        eventually(lambda: patrol.lines() >= 30)
        command: list[str | Path] = [XUNWANG, "backup", "--out", config.parent / "volume/patrol", copy]
        assert subprocess.run(command, capture_output=True, timeout=60).returncode == 0
        eventually(lambda: patrol.lines() >= 60)
        stopped(patrol)
    kept = observations(copy / "journal")
    assert kept == observations(patrol.journal)[: len(kept)]
    assert len(kept) >= 30
    with patrolling(config, XUNWANG_OUT=str(copy)) as restored:
        restored.journal = copy / "journal"
        eventually(lambda: restored.lines() >= len(kept) + 20)
        assert restored.asked("/healthz")[0] == 200
        stopped(restored)


def test_an_http_side_that_is_gone_is_seen_by_the_containers_health_command(config: Path) -> None:
    health = Path(__file__).resolve().parents[2] / "deploy/health.py"
    with patrolling(config) as patrol:
        port = patrol.url.rpartition(":")[2]
        asked: list[str | Path] = [XUNWANG.with_name("python"), health, port]
        assert subprocess.run(asked, capture_output=True, timeout=20).returncode == 0
        stopped(patrol)
        with pytest.raises(URLError):
            patrol.asked("/healthz")
        done = subprocess.run(asked, capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    assert f"port {port} does not tell how it is" in done.stdout
