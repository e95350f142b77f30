"""The Dockerfile and what goes into it, as far as reading it tells; deploy/image_test.py builds and runs it."""

import re
import tomllib
from pathlib import Path

import pytest

from scheduler.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"


def instructions() -> list[tuple[str, str]]:
    """(word, rest) of each instruction, continued lines joined, comments left out."""
    text = "\n".join(
        line for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    )
    lines = [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def stages() -> list[list[tuple[str, str]]]:
    found: list[list[tuple[str, str]]] = [[]]
    for word, rest in instructions():
        if word == "FROM":
            found.append([])
        found[-1].append((word, rest))
    return found[1:]


def of(word: str, stage: list[tuple[str, str]]) -> list[str]:
    return [rest for each, rest in stage if each == word]


def test_the_base_can_be_chosen_and_is_the_same_in_both_stages() -> None:
    assert instructions()[0] == ("ARG", "BASE=python:3.11-slim")
    assert [of("FROM", stage)[0] for stage in stages()] == ["${BASE} AS build", "${BASE}"]


def test_packages_come_from_the_hashed_lock() -> None:
    build = " ".join(of("RUN", stages()[0]))
    assert "--require-hashes -r requirements.lock" in build
    assert "--no-deps ." in build
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = len(re.findall(r"^[a-z0-9-]+==", lock, re.MULTILINE))
    assert pinned > 20
    assert lock.count("--hash=sha256:") >= pinned


def test_no_syntax_that_only_one_builder_knows() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "<<" not in text
    assert not re.search(r"^(COPY|ADD|RUN) .*--(link|mount|parents|exclude|checksum)", text, re.MULTILINE)
    assert not text.startswith("# syntax")


def test_the_last_stage_is_a_service_of_nobody() -> None:
    last = stages()[-1]
    assert of("USER", last) == ["10001:10001"]
    assert of("VOLUME", last) == ["/data"]
    assert of("STOPSIGNAL", last) == ["SIGTERM"]
    assert of("ENTRYPOINT", last) == ['["xunwang"]']
    assert "/usr/local/bin/xunwang-health" in of("HEALTHCHECK", last)[0]
    assert "TZ=Asia/Shanghai" in of("ENV", last)[0]
    assert of("EXPOSE", last) == [str(Settings("r", "o").http.port)]
    assert "org.opencontainers.image.version" in of("LABEL", last)[0]


def test_what_the_command_names_is_put_there() -> None:
    last = stages()[-1]
    named = re.findall(r"/etc/[\w/.]+", of("CMD", last)[0])
    copied = dict(rest.split()[::-1] for rest in of("COPY", last) if "--from" not in rest)
    assert [copied[name] for name in named] == ["deploy/container.toml"]
    settings = load_settings(DEPLOY / "container.toml", {})
    assert settings.http.port == Settings("r", "o").http.port


def test_everything_that_is_copied_is_let_in_and_nothing_else_is() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {line[1:] for line in rules if line.startswith("!")}
    sources = {
        source for stage in stages() for rest in of("COPY", stage) if "--from" not in rest for source in rest.split()[:-1]
    }
    assert sources == let_in
    assert all((ROOT / source).exists() for source in sources)


def test_every_package_of_ours_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = {name.rstrip("*") for name in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    assert named <= {rest.split()[0] for rest in of("COPY", stages()[0])}


@pytest.mark.parametrize("word", ["password", "BEGIN PRIVATE", "ENV XUNWANG_HTTP_TOKEN"])
def test_no_secret_is_baked_in(word: str) -> None:
    texts = [(path).read_text(encoding="utf-8") for path in (ROOT / "Dockerfile", DEPLOY / "container.toml")]
    assert all(word.lower() not in text.lower() for text in texts)
