"""A real Prometheus on the service of the demo province: no panel without data, and the right alerts when the province breaks.

It takes minutes, so it runs by `make observe-test` (OBSERVE=1), with the Debian package prometheus:
`apt-get install -y prometheus`.
"""

import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from scheduler.ledger import Ledger
from tests.observe.prometheus import Prometheus, prometheus
from tests.observe.sources import filled, queries
from tests.whole.conftest import XUNWANG
from tests.whole.running import Process, prepare, running
from tests.whole.tap import Taps, tapped
from tests.whole.test_serve_troubles import columns_by_host

pytestmark = [
    pytest.mark.skipif(not os.environ.get("OBSERVE"), reason="takes minutes: run it by make observe-test"),
    pytest.mark.skipif(
        shutil.which("prometheus") is None or shutil.which("promtool") is None,
        reason="prometheus and promtool are not installed: apt-get install -y prometheus",
    ),
]

SITES = 10
SPREAD_S = 300
"""The columns' due times are spread over so long, so that there is always one to look at."""

SETTINGS = """
register = "{register}"
out = "patrol"
[pace]
gap_least = 0.01
gap_most = 0.05
[breaker]
first_s = 5.0
most_s = 10.0
[probes]
per_day = 1440
[canaries]
urls = {canaries}
every = 5.0
[http]
port = 0
[crawler]
allow = ["127.0.0.0/8"]
hosts = "hosts.json"
[[bridges]]
name = "rss"
profile = "rsshub"
base = "http://127.0.0.1:9/"
"""

HERE = {"no bridge in the settings"}
"""Reasons to show nothing that do not hold for these settings."""


def eventually(holds: Callable[[], bool], seconds: float, what: Callable[[], object] = lambda: "") -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, what()
        time.sleep(0.5)


def spread_out(ledger: Ledger, now_ms: int) -> None:
    """Columns are due one after the other from some seconds from now on; probes as their calendar has them, soon."""
    connection = ledger.transaction()
    connection.execute(
        "UPDATE states SET due = ? + (id * 7919 % ?) * 1000 WHERE due IS NOT NULL AND lane = 0", (now_ms + 5000, SPREAD_S)
    )
    connection.execute(
        "UPDATE states SET due = ? + (id * 7919 % 60) * 1000 WHERE due IS NOT NULL AND lane = 1", (now_ms + 5000,)
    )


@contextmanager
def textfile(folder: Path) -> Iterator[tuple[str, Path]]:
    """Serves `folder` as a node exporter would serve the textfile in it; gives host:port and the file."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}", folder / "verdicts.prom"
        finally:
            server.shutdown()
            thread.join()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def guess_type(self, path: str | os.PathLike[str]) -> str:
        return "text/plain"

    def log_request(self, *values: object) -> None:
        pass


class Watched:
    """The province, its service, and the Prometheus that watches it."""

    def __init__(self, folder: Path, province: subprocess.Popen[str], taps: Taps, service: Process, told: Prometheus) -> None:
        self.folder, self.province, self.taps, self.service, self.prometheus = folder, province, taps, service, told

    def check(self, verdicts: Path) -> None:
        """As an office does: verdicts from the journal as it is now, and a textfile of them."""
        register = next((self.folder / "patrol/register").glob("*.jsonl"))
        command: list[str | Path] = [XUNWANG, "check", self.folder / "patrol/journal", "--register", register, "--at", "now"]
        command += ["--rules", "national-2019", "--out", self.folder / "verdicts.jsonl", "--metrics", verdicts]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode in (0, 1), done.stderr

    def becomes(self, names: set[str], seconds: float) -> None:
        eventually(
            lambda: self.prometheus.firing() == names, seconds, lambda: f"firing: {self.prometheus.firing()}, not {names}"
        )


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("observe")
    with ExitStack() as stack:
        process, content = stack.enter_context(_province(folder / "province"))
        plain = sorted(columns_by_host(folder / "province/register"))
        assert len(plain) >= 6
        taps = stack.enter_context(tapped(_addresses(content, plain[:3])))
        for host, tap in taps.taps.items():
            content["hosts"][host]["80"] = ["127.0.0.1", tap.port]
        (folder / "hosts.json").write_text(json.dumps(content))
        canaries = [f"http://{host}/" for host in plain[3:6]]
        config = folder / "xunwang.toml"
        config.write_text(SETTINGS.format(register=folder / "province/register", canaries=json.dumps(canaries)))
        prepare(config, spread_out)
        (folder / "served").mkdir()
        service = stack.enter_context(running(config, folder / "log"))
        exporter, verdicts = stack.enter_context(textfile(folder / "served"))
        verdicts.write_text("")
        address = service.url.removeprefix("http://")
        targets = {"xunwang": (address, "/metrics"), "xunwang-sites": (address, "/metrics/sites")}
        targets["xunwang-check"] = (exporter, "/verdicts.prom")
        told = stack.enter_context(prometheus(folder / "prometheus", targets))
        made = Watched(folder, process, taps, service, told)
        eventually(lambda: (told.value("xunwang_journal_lines_total") or 0) >= 30, 60)
        made.check(verdicts)
        yield made


@contextmanager
def _province(out: Path) -> Iterator[tuple["subprocess.Popen[str]", dict[str, Any]]]:
    command: list[str | Path] = [sys.executable, "-m", "province", "--healthy", "--out", out]
    command += ["--sites", str(SITES), "--columns", "20", "--seed", "7"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline().strip() == "ready"
        content = json.loads((out / "hosts.json").read_text())
        if content.get("ca"):
            content["ca"] = str(out / content["ca"])
        yield process, content
    finally:
        process.kill()
        process.communicate()


def _addresses(content: dict[str, Any], hosts: list[str]) -> dict[str, tuple[str, int]]:
    """host → where it really is."""
    return {host: tuple(content["hosts"][host]["80"]) for host in hosts}


def test_every_panel_has_something_to_show_and_no_alert_fires(watched: Watched) -> None:
    told, began = watched.prometheus, time.time()
    must = [query for query in queries() if not query.sparse or query.sparse in HERE]
    assert len(must) > 50
    site = told.ask("xunwang_site_info")[0]["metric"]["site"]

    def empty() -> list[str]:
        return [str(query) for query in must if not told.ask(filled(query.expr, site, "30s"))]

    eventually(lambda: not empty(), 90, lambda: "nothing to show: " + "\n".join(empty()))
    for query in queries():
        told.ask(filled(query.expr, site, "30s"))  # what may be empty must be right too
    assert told.fired(began) == set()


def test_every_alert_can_be_evaluated(watched: Watched) -> None:
    with urlopen(f"{watched.prometheus.url}/api/v1/rules", timeout=10) as answer:
        groups = json.load(answer)["data"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len(rules) == 20
    assert {rule["name"]: rule.get("lastError") for rule in rules if rule["health"] != "ok"} == {}


@pytest.mark.parametrize("path", ["/metrics", "/metrics/sites"])
def test_promtool_finds_nothing_wrong_with_the_metrics(watched: Watched, path: str) -> None:
    with urlopen(watched.service.url + path, timeout=10) as answer:
        text = answer.read()
    assert text.count(b"# TYPE ") >= 5
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")


def test_when_three_sites_of_ten_go_down_one_alert_says_so_and_it_ends_with_them(watched: Watched) -> None:
    began = time.time()
    watched.taps.turn(dict.fromkeys(watched.taps.taps, "closed"))
    watched.becomes({"XunwangManySitesDown"}, 180)
    time.sleep(20)  # others would have had time to follow
    assert watched.prometheus.fired(began) == {"XunwangManySitesDown"}
    watched.taps.turn(dict.fromkeys(watched.taps.taps, "fine"))
    watched.becomes(set(), 180)


def test_when_the_network_is_gone_it_is_called_ours_and_no_site_is_accused(watched: Watched) -> None:
    began = time.time()
    down = watched.prometheus.value('xunwang_sites{state="down"}')
    assert down is not None
    watched.province.kill()
    watched.becomes({"XunwangOwnTrouble", "XunwangCanaryFailing"}, 120)
    time.sleep(20)
    assert watched.prometheus.fired(began) == {"XunwangOwnTrouble", "XunwangCanaryFailing"}
    now_down = watched.prometheus.value('xunwang_sites{state="down"}')
    assert now_down is not None
    assert now_down <= down


def test_when_the_service_dies_that_alone_is_told(watched: Watched) -> None:
    watched.service.process.kill()
    watched.becomes({"XunwangDown"}, 60)
