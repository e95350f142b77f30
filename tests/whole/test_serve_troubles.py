"""The service while three hosts of the demo province break and are mended: what an operator sees of it in the metrics."""

import csv
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from scheduler.ledger import Ledger
from tests.whole.contract import breaches, observations
from tests.whole.running import prepare, running
from tests.whole.tap import Taps, tapped

SCRAPE_S = 15.0
"""How often Prometheus would ask; what changes must be seen within two of these."""

SETTINGS = """
register = "{register}"
out = "patrol"
[pace]
gap_least = 0.005
gap_most = 0.02
[breaker]
first_s = 0.5
most_s = 1.0
[probes]
per_day = 0
[http]
port = 0
[crawler]
allow = ["127.0.0.0/8"]
hosts = "hosts.json"
"""

START_S, BROKEN_S, MENDED_S = 3.5, 5.5, 15.0
"""When the columns of each host are due: some before they break, some while they are broken, the rest when they are mended."""


class Service:
    def __init__(self, url: str, taps: Taps, hosts: tuple[str, str, str], journal: Path, zero: float) -> None:
        self.url, self.taps, self.hosts, self.journal, self.zero = url, taps, hosts, journal, zero

    def metric(self, name: str, **labels: str) -> float:
        with urlopen(self.url + "/metrics", timeout=10) as answer:
            families = list(text_string_to_metric_families(answer.read().decode()))
        samples = [sample for family in families for sample in family.samples if sample.name == name]
        return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())

    def sees(self, name: str, least: float, most: float = float("inf"), seconds: float = 2 * SCRAPE_S, **labels: str) -> None:
        """Wait until the metric is within [least, most]; it must be within two scrapes."""
        end = time.monotonic() + seconds
        while not least <= (value := self.metric(name, **labels)) <= most:
            assert time.monotonic() < end, f"{name}{labels} stayed at {value}"
            time.sleep(0.1)

    def healthy(self) -> bool:
        with urlopen(self.url + "/healthz", timeout=10) as answer:
            return bool(answer.status == 200 and json.load(answer)["ok"])

    def wait_for(self, at_s: float) -> None:
        time.sleep(max(0.0, self.zero + at_s - time.monotonic()))


def columns_by_host(register: Path) -> dict[str, list[str]]:
    """Hosts of plain http and the keys of their columns."""
    found: dict[str, list[str]] = {}
    with (register / "columns.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            address = urlsplit(row["栏目网址"])
            if address.scheme == "http" and address.hostname:
                found.setdefault(address.hostname, []).append(f"{row['网站标识码']}/{row['栏目编号']}")
    return found


def due_in_three_parts(ledger: Ledger, now_ms: int, columns: dict[str, list[str]]) -> None:
    """The columns' due times; everything else is not due for a long time."""
    connection = ledger.transaction()
    connection.execute("UPDATE states SET due = ? WHERE due IS NOT NULL", (now_ms + 3_600_000,))
    for keys in columns.values():
        third = len(keys) // 3
        for number, key in enumerate(keys):
            part, index = min(2, number // third), number % third
            begin_s, each_s = ((START_S, 0.1), (BROKEN_S, 0.5), (MENDED_S, 0.4))[part]
            connection.execute(
                "UPDATE states SET due = ? WHERE due IS NOT NULL "
                "AND id = (SELECT id FROM targets WHERE kind = 'column' AND key = ?)",
                (now_ms + round(1000 * (begin_s + index * each_s)), key),
            )


@pytest.fixture
def service(province: Path, tmp_path: Path) -> Iterator[Service]:
    columns = columns_by_host(province / "register")
    one, two, three, *_ = sorted(host for host, keys in columns.items() if len(keys) >= 9)
    content = json.loads((province / "hosts.json").read_text())
    real = {host: (content["hosts"][host]["80"][0], content["hosts"][host]["80"][1]) for host in (one, two, three)}
    with tapped(real) as taps:
        for host, tap in taps.taps.items():
            content["hosts"][host]["80"] = ["127.0.0.1", tap.port]
        if content.get("ca"):
            content["ca"] = str(province / content["ca"])
        (tmp_path / "hosts.json").write_text(json.dumps(content))
        config = tmp_path / "xunwang.toml"
        config.write_text(SETTINGS.format(register=province / "register"))
        zero = time.monotonic()
        prepare(config, lambda ledger, now_ms: due_in_three_parts(ledger, now_ms, columns))
        with running(config, tmp_path / "log") as served:
            yield Service(served.url, taps, (one, two, three), tmp_path / "patrol/journal", zero)


def test_metrics_tell_within_two_scrapes_of_hosts_that_break_and_of_those_that_are_mended(service: Service) -> None:
    refuses, resets, busy = service.hosts
    service.sees("xunwang_visits_total", 20, outcome="ok")
    assert service.metric("xunwang_breakers_open") == 0
    service.wait_for(BROKEN_S - 0.5)
    service.taps.turn({refuses: "closed", resets: "resets", busy: "busy"})
    service.sees("xunwang_visits_total", 6, outcome="connect")
    service.sees("xunwang_hosts_paused", 1)
    service.sees("xunwang_breakers_open", 2, 2)
    service.sees("xunwang_visits_total", 1, outcome="inconclusive")
    assert service.healthy()
    service.taps.turn({refuses: "fine", resets: "fine", busy: "fine"})
    before = service.metric("xunwang_visits_total", outcome="ok")
    service.sees("xunwang_breakers_open", 0, 0)
    service.sees("xunwang_hosts_paused", 0, 0)
    service.sees("xunwang_visits_total", before + 10, outcome="ok")
    assert service.metric("xunwang_own_trouble") == 0
    assert service.healthy()
    assert breaches(service.journal) == []
    told = Counter((urlsplit(row["url"]).hostname, row["outcome"], row["reason"]) for row in observations(service.journal))
    assert told[refuses, "connect", "refused"] >= 3
    assert told[resets, "connect", "reset"] >= 3
    assert told[refuses, "inconclusive", "breaker_open"] >= 1
    last = {urlsplit(row["url"]).hostname: row["outcome"] for row in observations(service.journal)}
    assert (last[refuses], last[resets]) == ("ok", "ok")
