"""The dashboards as they are shipped: in step with their source, whole, and made of metrics that there are."""

import importlib.util
import itertools
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from scheduler.accounts.bridgebook import BridgeGauges
from scheduler.metrics import Metrics
from scheduler.sitegauges import SERIES
from tests.observe.sources import ALERTS, DASHBOARDS, DEPLOY, dashboard, filled, metric_names, queries, rules

HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{2,}")
CHECKED = {"xunwang_verdicts", "xunwang_check_timestamp_seconds"}
"""What `xunwang check --metrics` writes."""


def shipped() -> list[Any]:
    return [pytest.param(dashboard(path), id=path.stem) for path in DASHBOARDS]


def known_metrics() -> set[str]:
    """Every name that a scrape may hold."""
    registries = [Metrics().registry, CollectorRegistry()]
    BridgeGauges.of(registries[1])
    names = CHECKED | {series.name for series in SERIES}
    for registry in registries:
        for family in registry.collect():
            suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(family.type, ("",))
            names |= {family.name + suffix for suffix in suffixes}
    return names


def test_there_are_three_dashboards_with_names_of_their_own() -> None:
    assert [path.stem for path in DASHBOARDS] == ["health", "province", "site"]
    assert len({dashboard(path)["uid"] for path in DASHBOARDS}) == 3


def test_the_shipped_json_is_what_the_generator_builds() -> None:
    pytest.importorskip(
        "grafana_foundation_sdk", reason="grafana-foundation-sdk, which builds the dashboards, is not installed"
    )
    spec = importlib.util.spec_from_file_location("build", DEPLOY / "grafana/build.py")
    assert spec is not None and spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    made = build.all_built()
    assert sorted(made) == DASHBOARDS
    for path, content in made.items():
        assert path.read_text(encoding="utf-8") == content, f"{path.name} is stale: run python deploy/grafana/build.py"


@pytest.mark.parametrize("board", shipped())
def test_a_dashboard_read_by_grafanas_own_types_is_the_same_again(board: dict[str, Any]) -> None:
    """Nothing in it is unknown to Grafana's schema: the types would drop it."""
    pytest.importorskip(
        "grafana_foundation_sdk", reason="grafana-foundation-sdk, which builds the dashboards, is not installed"
    )
    from grafana_foundation_sdk.cog import encoder, plugins
    from grafana_foundation_sdk.models.dashboard import Dashboard

    plugins.register_default_plugins()
    again = json.loads(encoder.JSONEncoder().encode(Dashboard.from_json(board)))
    assert again == board


@pytest.mark.parametrize("board", shipped())
def test_panels_have_ids_and_places_of_their_own(board: dict[str, Any]) -> None:
    ids = [panel["id"] for panel in board["panels"]]
    assert len(set(ids)) == len(ids)
    places = [panel["gridPos"] for panel in board["panels"]]
    assert all(place["x"] >= 0 and place["x"] + place["w"] <= 24 for place in places)
    for one, other in itertools.combinations(places, 2):
        apart_x = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        apart_y = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert apart_x or apart_y, (one, other)


@pytest.mark.parametrize("board", shipped())
def test_titles_are_chinese_with_english_beside(board: dict[str, Any]) -> None:
    titles = [board["title"], *(panel["title"] for panel in board["panels"])]
    assert [title for title in titles if not (HAN.search(title) and LATIN.search(title))] == []


@pytest.mark.parametrize("board", shipped())
def test_each_query_has_a_letter_and_asks_the_data_source_that_was_chosen(board: dict[str, Any]) -> None:
    for panel in board["panels"]:
        letters = [target["refId"] for target in panel.get("targets", ())]
        assert all(letters) and len(set(letters)) == len(letters)
        assert {target["datasource"]["uid"] for target in panel.get("targets", ())} <= {"${datasource}"}
    variables = {variable["name"] for variable in board["templating"]["list"]}
    used = set(
        re.findall(r"\$(?!__)\{?(\w+)", " ".join(target["expr"] for p in board["panels"] for target in p.get("targets", ())))
    )
    assert used <= variables
    assert "datasource" in variables


def test_panels_and_alerts_name_only_metrics_that_there_are() -> None:
    known = known_metrics()
    expressions = [query.expr for query in queries()] + [rule["expr"] for rule in rules()]
    assert sum(len(metric_names(expr)) for expr in expressions) > 50
    assert {name for expr in expressions for name in metric_names(expr)} - known == set()


def test_every_metric_is_on_a_dashboard() -> None:
    """Somebody pays for each series: what nobody sees should not be there."""
    shown = {re.sub(r"_(bucket|sum|count)$", "", name) for query in queries() for name in metric_names(query.expr)}
    known = {re.sub(r"_(bucket|sum|count)$", "", name) for name in known_metrics() if name.startswith("xunwang_")}
    elsewhere = {
        "xunwang_bridge_believed",  # the reason behind a bridge's health
        "xunwang_due",  # = outstanding{state="due"} and those in flight
        "xunwang_expected_gap_seconds",  # of the alert on stalled patrols
        "xunwang_journal_reader_behind_seconds",  # of the alert on readers
        "xunwang_sites_left_out",
        "xunwang_visits_in_flight",
    }
    assert known - shown == elsewhere


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool (Debian package prometheus) is not installed")
def test_promtool_can_parse_every_expression(tmp_path: Path) -> None:
    recorded = [{"record": f"panel:{number}", "expr": filled(query.expr)} for number, query in enumerate(queries())]
    assert len(recorded) > 50
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": recorded}]}, allow_unicode=True))
    checked = subprocess.run(["promtool", "check", "rules", file], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_grafana_is_told_where_the_dashboards_and_the_data_are() -> None:
    folder = DEPLOY / "grafana/provisioning"
    sources = yaml.safe_load((folder / "datasources/prometheus.yaml").read_text())["datasources"]
    providers = yaml.safe_load((folder / "dashboards/xunwang.yaml").read_text(encoding="utf-8"))["providers"]
    assert [source["type"] for source in sources] == ["prometheus"]
    assert providers[0]["options"]["path"] == "/var/lib/grafana/dashboards"
    assert ALERTS.exists()
