"""The service as its neighbours see it: HTTP, metrics, followers, a register that changes."""

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.whole.contract import breaches
from tests.whole.running import all_due_in, prepare, running

SETTINGS = """
register = "{register}"
out = "patrol"
[pace]
gap_least = 0.005
gap_most = 0.02
[probes]
per_day = 0
[http]
port = 0
token = "open sesame"
[crawler]
allow = ["127.0.0.0/8"]
hosts = "{hosts}"
"""


class Running(NamedTuple):
    folder: Path
    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def get(self, path: str, token: str | None = None) -> tuple[int, bytes]:
        request = Request(self.url + path, headers={"Authorization": f"Bearer {token}"} if token else {})
        try:
            with urlopen(request, timeout=10) as answer:
                return int(answer.status), bytes(answer.read())
        except HTTPError as error:
            with error:
                return error.code, error.read()

    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def metric(self, name: str) -> float:
        families = text_string_to_metric_families(self.get("/metrics")[1].decode())
        return sum(sample.value for family in families for sample in family.samples if sample.name == name)


def eventually(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until `holds`, looking again and again; fails when it never does."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.05)


@pytest.fixture
def service(province: Path, tmp_path: Path) -> Iterator[Running]:
    register = tmp_path / "register"
    register.mkdir()
    for file in (province / "register").glob("*.csv"):
        (register / file.name).write_bytes(file.read_bytes())
    config = tmp_path / "xunwang.toml"
    config.write_text(SETTINGS.format(register=register, hosts=province / "hosts.json"))
    prepare(config, all_due_in(2.5))
    log = tmp_path / "log"
    with running(config, log) as served:
        yield Running(tmp_path, served.process, served.url, log)


def test_a_service_patrols_shows_its_health_and_stops_cleanly(service: Running) -> None:
    eventually(lambda: service.get("/readyz")[0] == 200)
    eventually(lambda: service.metric("xunwang_journal_lines_total") >= 210)
    assert service.get("/healthz") == (200, b'{"ok":true,"reason":null}')
    assert service.metric("xunwang_visits_total") >= 210
    assert service.metric("xunwang_fsync_seconds_count") > 0
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(8) == 0
    assert breaches(service.folder / "patrol/journal") == []


def test_observations_need_the_token_and_go_on_after_a_seq(service: Running) -> None:
    eventually(lambda: service.metric("xunwang_journal_lines_total") >= 50)
    assert service.get("/observations")[0] == 401
    assert service.get("/observations", "wrong")[0] == 401
    status, body = service.get("/observations?after=20", "open sesame")
    rows = [json.loads(line) for line in body.splitlines()]
    assert status == 200
    assert [row["seq"] for row in rows] == list(range(21, 21 + len(rows)))
    assert service.get("/observations?after=never", "open sesame")[0] == 400


def test_a_follower_is_shown_every_line_once_and_in_order(service: Running) -> None:
    request = Request(service.url + "/observations?after=0&follow=1", headers={"Authorization": "Bearer open sesame"})
    with urlopen(request, timeout=20) as stream:
        seen = [json.loads(stream.readline())["seq"] for _ in range(200)]
    assert seen == list(range(1, 201))
    eventually(lambda: service.metric("xunwang_journal_lines_total") >= 210)


def test_a_changed_register_is_taken_up_and_a_bad_one_is_not(service: Running) -> None:
    eventually(lambda: service.metric("xunwang_journal_lines_total") >= 210)
    columns = service.folder / "register/columns.csv"
    text = columns.read_text(encoding="utf-8-sig")
    header, first = text.splitlines()[:2]
    cells = first.split(",")
    cells[header.split(",").index("栏目编号")] = "added"
    cells[header.split(",").index("栏目网址")] += "?added"
    eventually(lambda: service.metric("xunwang_visits_outstanding") > 0)
    watched = service.metric("xunwang_visits_outstanding")
    columns.write_text(text + ",".join(cells) + "\n", encoding="utf-8")
    eventually(lambda: service.metric("xunwang_visits_outstanding") == watched + 1)
    columns.write_bytes(b"\x00\x01 no table")
    (service.folder / "register/sites.csv").write_bytes(b"")
    eventually(lambda: service.metric("xunwang_register_bad") == 1)
    assert service.get("/healthz")[0] == 200
    assert service.metric("xunwang_visits_outstanding") == watched + 1


def test_metrics_follow_the_conventions(service: Running) -> None:
    eventually(lambda: service.metric("xunwang_journal_lines_total") >= 50)
    families = list(text_string_to_metric_families(service.get("/metrics")[1].decode()))
    assert all(family.name.startswith(("xunwang_", "process_")) for family in families)
    assert all(family.documentation for family in families)
    labels = {label for family in families for sample in family.samples for label in sample.labels}
    assert labels <= {"outcome", "kind", "phase", "region", "le", "category", "freshness", "state", "canary", "form", "bridge"}


def test_logs_are_json_lines_with_the_level_and_the_time(service: Running) -> None:
    eventually(lambda: service.metric("xunwang_journal_lines_total") >= 50)
    rows = service.logged()
    assert rows
    assert all(row["at"].endswith("+08:00") and row["level"] in ("info", "warning", "error") for row in rows)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool (Debian package prometheus) is not installed")
def test_promtool_finds_nothing_wrong_with_the_metrics(service: Running) -> None:
    eventually(lambda: service.metric("xunwang_journal_lines_total") >= 210)
    checked = subprocess.run(["promtool", "check", "metrics"], input=service.get("/metrics")[1], capture_output=True)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")
