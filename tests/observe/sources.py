"""What stands in deploy/grafana and deploy/prometheus, as tests read it."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

DEPLOY: Final = Path(__file__).parents[2] / "deploy"
ALERTS: Final = DEPLOY / "prometheus/alerts.yml"
DASHBOARDS: Final = sorted((DEPLOY / "grafana/dashboards").glob("*.json"))


class Query(NamedTuple):
    """One expression of a panel; sparse: why it may have nothing to show."""

    dashboard: str
    panel: str
    expr: str
    sparse: str | None

    def __str__(self) -> str:
        return f"{self.dashboard}: {self.panel}: {self.expr}"


def dashboard(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def queries() -> Iterator[Query]:
    """Every expression of every panel that is shipped."""
    for path in DASHBOARDS:
        source = tomllib.loads((DEPLOY / f"grafana/panels/{path.stem}.toml").read_text(encoding="utf-8"))
        sparse = {panel["title"]: panel.get("sparse") for row in source["row"] for panel in row["panel"]}
        for panel in dashboard(path)["panels"]:
            for target in panel.get("targets", ()):
                yield Query(path.stem, panel["title"], target["expr"], sparse[panel["title"]])


def filled(expr: str, site: str = ".*", interval: str = "1m") -> str:
    """`expr` as Grafana would send it with everything chosen."""
    for name, value in (("$__rate_interval", interval), ("$region", ".*"), ("$category", ".*"), ("$site", site)):
        expr = expr.replace(name, value)
    return expr


def rules() -> list[dict[str, Any]]:
    """Every alert that is shipped."""
    content = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))
    return [rule for group in content["groups"] for rule in group["rules"]]


def metric_names(expr: str) -> set[str]:
    """The metrics of ours and of the process that an expression names."""
    return set(re.findall(r"\b(?:xunwang|process)_[a-z_]+\b", re.sub(r'"[^"]*"', "", expr)))
