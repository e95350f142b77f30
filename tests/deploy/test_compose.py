"""The compose file: mounts that exist, variables that are settings, names that Prometheus asks for."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from scheduler.environment import overrides
from scheduler.settings import Settings, load_settings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("xunwang", "province", "demo")


def mounts(name: str) -> list[tuple[str, str, str]]:
    """(source, place, mode) of what a service mounts."""
    parts = (volume.split(":") for volume in SERVICES[name].get("volumes", []))
    return [(part[0], part[1], part[2] if len(part) > 2 else "rw") for part in parts]


def profiles(*asked: str) -> set[str]:
    """The services that `docker compose up NAME…` starts: those and what they depend on."""
    todo, found = list(asked), set[str]()
    while todo:
        name = todo.pop()
        found.add(name)
        todo += [each for each in SERVICES[name].get("depends_on", []) if each not in found]
    return found


def test_one_command_starts_the_demo_with_its_dashboards() -> None:
    assert profiles("demo") == {"demo", "province", "prometheus", "grafana"}
    assert profiles("xunwang") == {"xunwang", "prometheus", "grafana"}
    assert {name: service["profiles"] for name, service in SERVICES.items() if "profiles" in service} == {
        "xunwang": ["patrol"],
        "province": ["demo"],
        "demo": ["demo"],
    }


@pytest.mark.parametrize("name", OURS)
def test_ours_run_with_a_read_only_root_no_privileges_and_time_to_stop(name: str) -> None:
    service = SERVICES[name]
    assert (service["read_only"], service["user"], service["cap_drop"]) == (True, "10001:10001", ["ALL"])
    assert service["stop_grace_period"] == "30s"
    assert [place for _, place, mode in mounts(name) if mode != "ro"] == ["/data"]


@pytest.mark.parametrize("name", list(SERVICES))
def test_what_is_mounted_is_in_the_project_or_in_the_folder_of_ones_own(name: str) -> None:
    for source, _, _ in mounts(name):
        if source.startswith("./"):
            assert source.startswith("./local/") or (DEPLOY / source).exists(), source
        else:
            assert source in COMPOSE["volumes"]


def test_grafana_finds_its_dashboards_and_prometheus_its_rules() -> None:
    places = {place: DEPLOY / source for source, place, _ in mounts("grafana")}
    for path in (DEPLOY / "grafana/provisioning/dashboards").glob("*.yaml"):
        for provider in yaml.safe_load(path.read_text(encoding="utf-8"))["providers"]:
            assert list(places[provider["options"]["path"]].glob("*.json"))
    home = Path(SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert (places[str(home.parent)] / home.name).exists()
    config = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text(encoding="utf-8"))
    assert all((DEPLOY / "prometheus" / name).exists() for name in config["rule_files"])


def test_prometheus_asks_a_name_that_both_patrols_answer_to() -> None:
    config = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text(encoding="utf-8"))
    targets = {target for job in config["scrape_configs"] for static in job["static_configs"] for target in static["targets"]}
    assert targets == {"xunwang:9188"}
    assert SERVICES["province"]["networks"]["default"]["aliases"] == ["xunwang"]
    assert SERVICES["demo"]["network_mode"] == "service:province"


@pytest.mark.parametrize(("name", "file"), [("xunwang", "xunwang.toml"), ("demo", "demo.toml")])
def test_the_variables_are_settings_that_the_file_can_be_started_with(name: str, file: str) -> None:
    environ = SERVICES[name]["environment"]
    assert len(overrides(Settings, environ)) == len(environ)
    settings = load_settings(DEPLOY / file, environ)
    assert settings.http.listen == "0.0.0.0"
    places = [place for _, place, _ in mounts(name)]
    assert any(Path(settings.register).is_relative_to(place) for place in places)
    assert Path(settings.out).is_relative_to("/data")


def test_nothing_listens_beyond_this_machine() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)
