"""`xunwang config`: the settings in force, where each comes from, and no secret among them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from scheduler.cli import main
from scheduler.effective import Effective, effective
from scheduler.environment import leaves
from scheduler.errors import Refused
from scheduler.settings import Settings, load_settings

LEAST = 'register = "register"\nout = "patrol"\n'
SECRET = "s3cret-t0ken"
BRIDGE = '[[bridges]]\nname = "hub"\nprofile = "rsshub"\nbase = "http://10.1.2.3:1200"\n'


def written(folder: Path, text: str = "") -> Path:
    path = folder / "xunwang.toml"
    path.write_text(LEAST + text, encoding="utf-8")
    return path


def one(folder: Path, key: str, text: str = "", environ: Mapping[str, str] | None = None) -> Effective:
    """The setting `key`, such as pace.gap_least."""
    rows = {".".join(each.path): each for each in effective(written(folder, text), environ or {})}
    return rows[key]


def test_every_setting_is_told_once() -> None:
    assert len({path for path, _ in leaves(Settings)}) == len(list(leaves(Settings)))


def test_each_origin_is_named(tmp_path: Path) -> None:
    environ = {"XUNWANG_PACE_GAP_MOST": "20"}
    text = "[pace]\ngap_least = 2.0\ngap_most = 9.0\n"
    assert one(tmp_path, "pace.gap_factor", text, environ)[1:] == (5.0, "default", "")
    assert one(tmp_path, "pace.gap_least", text, environ)[1:] == (2.0, "file", "")
    assert one(tmp_path, "pace.gap_most", text, environ)[1:] == (20.0, "environment", "XUNWANG_PACE_GAP_MOST")


def test_a_default_that_is_written_down_comes_from_the_file(tmp_path: Path) -> None:
    assert one(tmp_path, "http.port", "[http]\nport = 9188\n").origin == "file"


def test_a_token_is_masked_and_its_origin_told(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{SECRET}\n")
    assert one(tmp_path, "http.token", f'[http]\ntoken = "{SECRET}"\n')[1:] == ("***", "file", "")
    assert one(tmp_path, "http.token", "", {"XUNWANG_HTTP_TOKEN": SECRET})[1:3] == ("***", "environment")
    assert one(tmp_path, "http.token", '[http]\ntoken_file = "token"\n')[1:] == ("***", "secret file", "http.token_file")
    assert one(tmp_path, "http.token")[1:] == ("", "default", "")


def test_bridges_are_told_without_token_and_address(tmp_path: Path) -> None:
    value = one(tmp_path, "bridges", BRIDGE + f'token = "{SECRET}"\n').value
    assert (value[0]["name"], value[0]["token"], value[0]["base"]) == ("hub", "***", "***")


def test_a_login_in_an_address_is_masked(tmp_path: Path) -> None:
    text = f'[canaries]\nurls = ["http://me:{SECRET}@canary.example/a"]\n'
    assert one(tmp_path, "canaries.urls", text).value == ["http://***@canary.example/a"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read (No such file or directory)"),
        (b" \n", "is empty"),
        (b"\xff", "is no text"),
    ],
)
def test_a_token_file_without_a_token_is_refused(tmp_path: Path, content: bytes | None, told: str) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    with pytest.raises(Refused, match=r"http\.token_file") as refused:
        effective(written(tmp_path, '[http]\ntoken_file = "token"\n'), {})
    assert told in str(refused.value)


def test_a_bridge_whose_token_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="token_file of bridge hub"):
        effective(written(tmp_path, BRIDGE + 'token_file = "nowhere"\n'), {})


# ---- what a person sees ----


def test_the_output_is_toml_and_reads_as_the_same_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        '[platforms]\n"集约化 \\"甲\\"" = 4.0\n[periods]\nnews = "10 days"\n[crawler]\ncontact = "巡检办\\t甲"\n'
        '[[crawler.vantages]]\nname = "south"\nsource_address = "127.0.0.2"\n'
    )
    path = written(tmp_path, text)
    assert main(["config", "--config", str(path)]) == 0
    said = capsys.readouterr().out
    assert msgspec.convert(tomllib.loads(said), Settings) == load_settings(path)
    assert all("#" in line for line in said.splitlines() if " = " in line)


def test_only_what_is_changed_can_be_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XUNWANG_HTTP_PORT", "9555")
    assert main(["config", "--changed", "--config", str(written(tmp_path))]) == 0
    said = capsys.readouterr().out
    assert tomllib.loads(said) == {"register": "register", "out": "patrol", "http": {"port": 9555}}
    assert "# environment XUNWANG_HTTP_PORT" in said


def test_no_secret_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hub.token").write_text(SECRET)
    monkeypatch.setenv("XUNWANG_HTTP_TOKEN", SECRET)
    assert main(["config", "--config", str(written(tmp_path, BRIDGE + 'token_file = "hub.token"\n'))]) == 0
    said = capsys.readouterr().out
    assert "hub.token" in said
    assert SECRET not in said
    assert "10.1.2.3" not in said


def test_what_serve_would_refuse_is_refused_with_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--config", str(written(tmp_path, "[pace]\ngap_lest = 1\n"))]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.endswith("unknown key pace.gap_lest; did you mean pace.gap_least?\n")
