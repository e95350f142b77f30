"""deploy/xunwang.toml says every setting there is, with its default; the examples in it are right."""

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scheduler.environment import leaves
from scheduler.settings import Settings, load_settings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
FILE = DEPLOY / "xunwang.toml"
DEFAULTS = msgspec.json.decode(msgspec.json.encode(Settings("register", "patrol")))
EXAMPLE = re.compile(r"^#: ", re.MULTILINE)


def at(table: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        table = table.get(part) if isinstance(table, dict) else None
    return table


@pytest.mark.parametrize("path", [pytest.param(path, id=".".join(path)) for path, _ in leaves(Settings)])
def test_a_setting_stands_in_the_file_with_its_default(path: tuple[str, ...]) -> None:
    default = at(DEFAULTS, path)
    plain = tomllib.loads(FILE.read_text(encoding="utf-8"))
    if default in ({}, []) and at(plain, path) is None:  # TOML cannot add to a list that was written empty
        assert at(tomllib.loads(EXAMPLE.sub("", FILE.read_text(encoding="utf-8"))), path)
    else:
        assert at(plain, path) == default


def test_nothing_else_stands_in_the_file() -> None:
    assert load_settings(FILE, {}) == Settings("register", "patrol")


def test_every_setting_bears_a_comment() -> None:
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    bare = [line for line in lines if "#" not in line]
    known = {"[intervals]", "[crawler]", "[probes]", *DEFAULTS["intervals"]}  # their name or their table's line says it
    assert {line.partition(" = ")[0] for line in bare} <= known


def test_the_examples_are_right_when_they_are_taken_in(tmp_path: Path) -> None:
    path = tmp_path / "xunwang.toml"
    path.write_text(EXAMPLE.sub("", FILE.read_text(encoding="utf-8")), encoding="utf-8")
    settings = load_settings(path, {})
    assert settings.platforms
    assert settings.periods
    assert [vantage.name for vantage in settings.crawler.vantages] == ["telecom"]
    assert [bridge.name for bridge in settings.bridges] == ["hub"]


@pytest.mark.parametrize("name", ["container.toml", "demo.toml"])
def test_the_other_settings_files_can_be_started_with(name: str) -> None:
    settings = load_settings(DEPLOY / name, {"XUNWANG_HTTP_TOKEN": "a token"})
    assert settings.register.startswith("/data/")
    assert settings.out.startswith("/data/")
