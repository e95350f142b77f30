"""A Prometheus of our own on loopback: started, asked, ended. Debian package `prometheus`."""

import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import yaml

from tests.observe.sources import ALERTS

SCRAPE_S: Final = 1
WINDOW: Final = "20s"
"""What a window of minutes becomes; it holds enough scrapes for a rate."""


class Prometheus:
    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, expr: str, at: float | None = None) -> list[dict[str, Any]]:
        """The samples of an instant query. Raises ValueError with what Prometheus says of a wrong one."""
        values = {"query": expr} | ({"time": f"{at:.3f}"} if at else {})
        try:
            with urlopen(f"{self.url}/api/v1/query?{urlencode(values)}", timeout=10) as answer:
                return list(json.load(answer)["data"]["result"])
        except HTTPError as error:
            with error:
                raise ValueError(f"{expr}: {json.load(error)['error']}") from error

    def value(self, expr: str) -> float | None:
        """The value of the first sample, None where there is none."""
        samples = self.ask(expr)
        return float(samples[0]["value"][1]) if samples else None

    def firing(self) -> set[str]:
        """Names of the alerts that fire now."""
        return {sample["metric"]["alertname"] for sample in self.ask('ALERTS{alertstate="firing"}')}

    def fired(self, since: float) -> set[str]:
        """Names of the alerts that fired at some moment after `since` (seconds since the epoch)."""
        seconds = max(1, round(time.time() - since))
        samples = self.ask(f'max_over_time(ALERTS{{alertstate="firing"}}[{seconds}s])')
        return {sample["metric"]["alertname"] for sample in samples}


def hastened(rules: str) -> str:
    """The alert rules for a test that has no hours: minutes of `for` are seconds, windows of rates `WINDOW`."""
    content = yaml.safe_load(rules)
    for group in content["groups"]:
        for rule in group["rules"]:
            number, unit = int(rule["for"][:-1]), rule["for"][-1]
            rule["for"] = f"{number * {'m': 1, 'h': 60}[unit]}s"
            rule["expr"] = re.sub(r"(rate\([^\[]+)\[\w+\]", rf"\g<1>[{WINDOW}]", rule["expr"])
    return str(yaml.safe_dump(content, allow_unicode=True))


def configuration(targets: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """Job → (host:port, path)."""
    return {
        "global": {"scrape_interval": f"{SCRAPE_S}s", "evaluation_interval": f"{SCRAPE_S}s"},
        "rule_files": ["alerts.yml"],
        "scrape_configs": [
            {"job_name": job, "metrics_path": path, "static_configs": [{"targets": [address]}]}
            for job, (address, path) in targets.items()
        ],
    }


@contextmanager
def prometheus(folder: Path, targets: dict[str, tuple[str, str]]) -> Iterator[Prometheus]:
    """A Prometheus that scrapes `targets` and knows our alerts, hastened."""
    folder.mkdir()
    (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration(targets)))
    (folder / "alerts.yml").write_text(hastened(ALERTS.read_text(encoding="utf-8")), encoding="utf-8")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    command = ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, f"--web.listen-address={address}", "--log.level=warn"], stderr=log, stdout=log)
    try:
        made = Prometheus(f"http://{address}")
        end = time.monotonic() + 30
        while not _ready(made.url):
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < end, "Prometheus did not start"
            time.sleep(0.1)
        yield made
    finally:
        process.terminate()
        process.wait(20)


def _ready(url: str) -> bool:
    try:
        with urlopen(f"{url}/-/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
