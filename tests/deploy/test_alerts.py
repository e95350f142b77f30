"""The alert rules: each explained in Chinese and in the runbook, each proved to fire and to be silent by promtool."""

import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from tests.observe.sources import ALERTS, DEPLOY, rules

RUNBOOK = DEPLOY / "runbook.md"
needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool (Debian package prometheus) is not installed"
)
each_rule = pytest.mark.parametrize("rule", [pytest.param(rule, id=rule["alert"]) for rule in rules()])


def sections() -> dict[str, str]:
    """Headings of the runbook, as a link names them, and what stands under each."""
    parts = re.split(r"^## (.+)$", RUNBOOK.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {title.lower(): text for title, text in zip(parts[1::2], parts[2::2], strict=True)}


def proofs() -> list[dict[str, Any]]:
    content = yaml.safe_load((DEPLOY / "prometheus/alerts_test.yml").read_text(encoding="utf-8"))
    return list(content["tests"])


def fires(proof: dict[str, Any]) -> set[str]:
    samples = proof["promql_expr_test"][0]["exp_samples"]
    return {match[1] for sample in samples if (match := re.search(r'alertname="(\w+)"', sample["labels"]))}


@each_rule
def test_an_alert_says_in_chinese_what_is_wrong_and_how_urgent_it_is(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert len(re.findall(r"[\u4e00-\u9fff]", rule["annotations"]["summary"])) >= 5
    assert len(re.findall(r"[\u4e00-\u9fff]", rule["annotations"]["description"])) >= 5
    assert rule["for"]


@each_rule
def test_the_runbook_says_of_an_alert_what_it_means_what_to_look_at_and_what_to_do(rule: dict[str, Any]) -> None:
    file, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert file == "deploy/runbook.md"
    assert anchor == rule["alert"].lower()
    text = sections()[anchor]
    assert all(f"* **{what}**" in text for what in ("含义", "先看", "处理"))


def test_the_runbook_has_no_section_for_an_alert_that_is_gone() -> None:
    assert set(sections()) == {rule["alert"].lower() for rule in rules()}


def test_names_of_alerts_are_unique() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names)


def test_each_alert_is_proved_to_fire_and_its_metrics_to_be_silent() -> None:
    firing = set().union(*map(fires, proofs()))
    assert firing == {rule["alert"] for rule in rules()}
    assert all(len(fires(proof)) <= 1 for proof in proofs())
    quiet = " ".join(series["series"] for proof in proofs() if not fires(proof) for series in proof["input_series"])
    for rule in rules():
        first = re.search(r"\b(?:up|(?:xunwang|process)_[a-z_]+)\b", rule["expr"])
        assert first is not None
        assert first[0] in quiet, f"nothing shows that {rule['alert']} is silent"


@needs_promtool
def test_promtool_accepts_rules_and_configuration() -> None:
    for what, file in (("rules", ALERTS), ("config", ALERTS.with_name("prometheus.yml"))):
        checked = subprocess.run(["promtool", "check", what, file], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout + checked.stderr


@needs_promtool
def test_promtool_sees_each_alert_fire_alone_and_be_silent() -> None:
    tested = subprocess.run(["promtool", "test", "rules", ALERTS.with_name("alerts_test.yml")], capture_output=True, text=True)
    assert tested.returncode == 0, tested.stdout + tested.stderr
