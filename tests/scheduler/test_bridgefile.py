"""Bridges in settings files: tokens from files of their own, and refusals that show no secret."""

from pathlib import Path

import pytest

from scheduler.accounts.bridgefile import load_bridges
from scheduler.errors import Refused
from scheduler.settings import load_settings

ROW = '[[bridges]]\nname = "hub"\nprofile = "rsshub"\nbase = "http://10.1.2.3:1200"\n'
SERVICE = 'register = "register"\nout = "patrol"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "bridges.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_bridge_is_read_with_the_token_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "hub.token").write_text("s3cret-t0ken\n")
    (bridge,) = load_bridges(written(tmp_path, ROW + 'token_file = "hub.token"\naccounts = { A1 = { id = "7" } }\n'))
    assert (bridge.token, bridge.token_file, bridge.accounts) == ("s3cret-t0ken", "", {"A1": {"id": "7"}})


def test_the_settings_of_a_service_are_a_file_of_bridges_too(tmp_path: Path) -> None:
    path = written(tmp_path, SERVICE + ROW + 'token = "s3cret-t0ken"\n')
    assert load_settings(path).bridges == load_bridges(path)
    assert "s3cret" not in repr(load_settings(path))


@pytest.mark.parametrize(
    "more, sentence",
    [
        ('token = "s3cret-t0ken"\ntoken_file = "x"\n', "not both"),
        ('token_file = "missing"\n', "cannot be read"),
        ('token_file = "empty"\n', "is empty"),
        ('token = "abc"\n', "at least"),
        ('tokne = "s3cret-t0ken"\n', "tokne"),
        ("token = 7\n", "Expected"),
        ('platforms = ["飞鸽传书"]\n', "飞鸽传书"),
        ('token = "s3cret-t0ken\n', "not TOML"),
        (ROW, "two bridges"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence_without_secrets(more: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(Refused, match=sentence) as refusal:
        load_bridges(written(tmp_path, ROW + more))
    assert "s3cret" not in str(refusal.value) and "10.1.2.3" not in str(refusal.value)


@pytest.mark.parametrize("text", ["", "bridges = []\n", "bridges = 3\n", SERVICE])
def test_a_file_without_bridges_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        load_bridges(written(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        load_bridges(tmp_path / "nowhere.toml")


def test_a_service_refuses_bridges_it_could_not_ask(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="base must be") as refusal:
        load_settings(written(tmp_path, SERVICE + ROW.replace("http://", "http://me:s3cret-t0ken@")))
    assert "s3cret" not in str(refusal.value)
