"""The Kubernetes manifests: what kustomize makes of them, and what they let through. No cluster was asked."""

import ipaddress
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawler.fetch.guard import is_public
from register import load
from scheduler.environment import overrides
from scheduler.settings import Settings, load_settings

FOLDER = Path(__file__).resolve().parents[2] / "deploy/kubernetes"
Manifest = dict[str, Any]

OURS_OR_NOBODYS = (
    *("10.1.2.3", "172.16.0.1", "172.31.255.254", "192.168.1.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("224.0.0.1", "255.255.255.255", "168.63.129.16", "192.88.99.1", "198.18.0.1"),
    *("::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "ff02::1"),
)


def plain() -> dict[str, Manifest]:
    """The manifests as they are written, by kind."""
    listed = yaml.safe_load((FOLDER / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    texts = [(FOLDER / name).read_text(encoding="utf-8") for name in listed]
    return {made["kind"]: made for text in texts for made in yaml.safe_load_all(text)}


def rendered() -> list[Manifest]:
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed: the manifests are checked as they are written")
    done = subprocess.run(["kubectl", "kustomize", FOLDER], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


@pytest.fixture(params=["written", "rendered"])
def manifests(request: pytest.FixtureRequest) -> dict[str, Manifest]:
    """Manifests by kind, without the ConfigMaps."""
    if request.param == "written":
        return plain()
    return {made["kind"]: made for made in rendered() if made["kind"] != "ConfigMap"}


def container(manifests: dict[str, Manifest]) -> Manifest:
    (one,) = manifests["StatefulSet"]["spec"]["template"]["spec"]["containers"]
    return dict(one)


def test_one_scheduler_writes_to_a_claim_that_one_pod_may_have(manifests: dict[str, Manifest]) -> None:
    spec = manifests["StatefulSet"]["spec"]
    assert spec["replicas"] == 1
    (claim,) = spec["volumeClaimTemplates"]
    assert claim["spec"]["accessModes"] == ["ReadWriteOncePod"]
    assert {"name": claim["metadata"]["name"], "mountPath": "/data"} in container(manifests)["volumeMounts"]


def test_selectors_find_the_pods(manifests: dict[str, Manifest]) -> None:
    labels = manifests["StatefulSet"]["spec"]["template"]["metadata"]["labels"]
    wanted = [
        manifests["StatefulSet"]["spec"]["selector"]["matchLabels"],
        manifests["Service"]["spec"]["selector"],
        manifests["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
    ]
    assert all(selector and selector.items() <= labels.items() for selector in wanted)
    assert manifests["StatefulSet"]["spec"]["serviceName"] == manifests["Service"]["metadata"]["name"]


def test_the_pod_is_nobody_and_can_write_to_its_volume_alone(manifests: dict[str, Manifest]) -> None:
    pod = manifests["StatefulSet"]["spec"]["template"]["spec"]
    assert (pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["runAsUser"]) == (True, 10001)
    assert pod["securityContext"]["fsGroup"] == 10001
    security = container(manifests)["securityContext"]
    assert security["readOnlyRootFilesystem"] is True
    assert security["allowPrivilegeEscalation"] is False
    assert security["capabilities"] == {"drop": ["ALL"]}
    writable = [mount["name"] for mount in container(manifests)["volumeMounts"] if not mount.get("readOnly")]
    assert writable == ["data"]
    assert pod["automountServiceAccountToken"] is False


def test_it_is_given_time_to_stop_and_limits_and_probes_that_ask_what_there_is(manifests: dict[str, Manifest]) -> None:
    assert manifests["StatefulSet"]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] >= 10  # serve takes up to 8
    one = container(manifests)
    assert set(one["resources"]["limits"]) == {"cpu", "memory"}
    (port,) = one["ports"]
    assert port["containerPort"] == Settings("r", "o").http.port
    asked = {probe: one[probe]["httpGet"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert {ask["path"] for ask in asked.values()} == {"/readyz", "/healthz"}
    assert asked["livenessProbe"]["path"] == "/healthz"
    assert {ask["port"] for ask in asked.values()} == {port["name"]}


def test_its_variables_are_settings_and_with_its_file_they_can_be_started_with(manifests: dict[str, Manifest]) -> None:
    environ = {each["name"]: each["value"] for each in container(manifests)["env"]}
    assert len(overrides(Settings, environ)) == len(environ)
    settings = load_settings(FOLDER / "xunwang.toml", environ)
    mounts = {mount["mountPath"] for mount in container(manifests)["volumeMounts"]}
    assert {settings.register, str(Path(settings.http.token_file).parent), str(Path(settings.out).parent)} <= mounts
    assert manifests["StatefulSet"]["spec"]["template"]["spec"]["enableServiceLinks"] is False


def test_scrapes_are_announced(manifests: dict[str, Manifest]) -> None:
    notes = manifests["StatefulSet"]["spec"]["template"]["metadata"]["annotations"]
    assert notes == {"prometheus.io/scrape": "true", "prometheus.io/port": "9188", "prometheus.io/path": "/metrics"}


# ---- the network ----


def lets_out(manifests: dict[str, Manifest], address: str) -> bool:
    """Whether the policy lets a connection to `address` out, at any port."""
    target = ipaddress.ip_address(address)
    for rule in manifests["NetworkPolicy"]["spec"]["egress"]:
        for peer in rule["to"]:
            block = peer.get("ipBlock")
            if block is None:
                continue
            within = target.version == ipaddress.ip_network(block["cidr"]).version and target in ipaddress.ip_network(
                block["cidr"]
            )
            if within and not any(target in ipaddress.ip_network(part) for part in block["except"]):
                return True
    return False


@pytest.mark.parametrize("address", OURS_OR_NOBODYS)
def test_what_the_address_guard_refuses_the_network_refuses_too(manifests: dict[str, Manifest], address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    assert not lets_out(manifests, address)


@pytest.mark.parametrize("address", ["1.2.4.8", "114.114.114.114", "172.32.0.1", "9.9.9.9", "2408:8000::1", "240e::1"])
def test_public_addresses_are_let_out(manifests: dict[str, Manifest], address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
    assert lets_out(manifests, address)


def test_names_bridges_and_scrapes_are_let_through_and_nobody_elses_pods(manifests: dict[str, Manifest]) -> None:
    spec = manifests["NetworkPolicy"]["spec"]
    assert set(spec["policyTypes"]) == {"Ingress", "Egress"}
    pods = [peer["podSelector"]["matchLabels"] for rule in spec["egress"] for peer in rule["to"] if "podSelector" in peer]
    assert pods == [{"k8s-app": "kube-dns"}, {"xunwang/bridge": "true"}]  # and nothing that kustomize put beside
    dns = next(rule for rule in spec["egress"] if rule.get("ports"))
    assert {(port["protocol"], port["port"]) for port in dns["ports"]} == {("UDP", 53), ("TCP", 53)}
    (inward,) = spec["ingress"]
    assert [peer["podSelector"]["matchLabels"] for peer in inward["from"]] == [
        {"app.kubernetes.io/name": "prometheus"},
        {"xunwang/reader": "true"},
    ]
    assert [port["port"] for port in inward["ports"]] == [9188]


# ---- kustomize ----


def test_kustomize_brings_settings_and_register_as_they_are() -> None:
    maps = {made["metadata"]["name"].partition("-b")[0]: made["data"] for made in rendered() if made["kind"] == "ConfigMap"}
    settings = next(data for name, data in maps.items() if name.startswith("xunwang-settings"))
    assert settings["xunwang.toml"] == (FOLDER / "xunwang.toml").read_text(encoding="utf-8")
    register = maps["xunwang-register"]
    assert register.keys() == {path.name for path in (FOLDER / "register").iterdir()}
    assert all((FOLDER / "register" / name).read_text(encoding="utf-8-sig") == text for name, text in register.items())


def test_every_map_and_secret_that_is_mounted_is_made_or_named_in_the_words_above() -> None:
    made = rendered()
    pod = next(each for each in made if each["kind"] == "StatefulSet")["spec"]["template"]["spec"]
    maps = {each["metadata"]["name"] for each in made if each["kind"] == "ConfigMap"}
    assert {volume["configMap"]["name"] for volume in pod["volumes"] if "configMap" in volume} == maps
    secrets = [volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume]
    told = (FOLDER / "kustomization.yaml").read_text(encoding="utf-8")
    assert all(f"secret generic {name}" in told for name in secrets)
    assert {each["metadata"]["namespace"] for each in made} == {"xunwang"}


def test_a_register_mounted_as_kubernetes_mounts_maps_is_read(tmp_path: Path) -> None:
    """Files are links into a hidden folder, which is exchanged at a change."""
    (tmp_path / "mounted/..2026_01_01").mkdir(parents=True)
    (tmp_path / "mounted/..data").symlink_to("..2026_01_01")
    for path in (FOLDER / "register").iterdir():
        (tmp_path / "mounted/..2026_01_01" / path.name).write_bytes(path.read_bytes())
        (tmp_path / "mounted" / path.name).symlink_to(Path("..data") / path.name)
    register = load(tmp_path / "mounted", tmp_path / "kept")
    assert register.problems == ()
    assert register.targets == load(FOLDER / "register", tmp_path / "kept").targets
    assert sum(register.targets.values()) == 4  # two home pages, two columns
