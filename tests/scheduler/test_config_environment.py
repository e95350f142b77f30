"""Settings by XUNWANG_ variables: what they mean, and one sentence for those that mean nothing."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from scheduler.environment import laid_over, leaves, overrides, variables
from scheduler.errors import Refused
from scheduler.settings import Settings, load_settings

LEAST = 'register = "register"\nout = "patrol"\n'


def loaded(folder: Path, environ: Mapping[str, str], text: str = "") -> Settings:
    file = folder / "xunwang.toml"
    file.write_text(LEAST + text, encoding="utf-8")
    return load_settings(file, environ)


def refusal(folder: Path, environ: Mapping[str, str], text: str = "") -> str:
    with pytest.raises(Refused) as refused:
        loaded(folder, environ, text)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_every_setting_has_one_variable_of_its_own() -> None:
    assert len(variables(Settings)) == len(list(leaves(Settings)))
    assert variables(Settings)["XUNWANG_PACE_GAP_LEAST"] == (("pace", "gap_least"), float)


def test_a_variable_stands_in_the_place_of_what_the_file_says(tmp_path: Path) -> None:
    environ = {"XUNWANG_PACE_GAP_LEAST": "2.5", "XUNWANG_OUT": "elsewhere", "HOME": "/root"}
    settings = loaded(tmp_path, environ, "[pace]\ngap_least = 9.0\ngap_most = 30.0\n")
    assert (settings.pace.gap_least, settings.pace.gap_most, settings.out) == (2.5, 30.0, "elsewhere")


def test_the_process_environment_is_read_where_none_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XUNWANG_HTTP_PORT", "9555")
    (tmp_path / "xunwang.toml").write_text(LEAST)
    assert load_settings(tmp_path / "xunwang.toml").http.port == 9555


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("XUNWANG_PACE_ROBOTS", "true", True),
        ("XUNWANG_PACE_ROBOTS", "0", False),
        ("XUNWANG_HTTP_PORT", " 80 ", 80),
        ("XUNWANG_PACE_GAP_MOST", "20", 20.0),
        ("XUNWANG_CRAWLER_CONTACT", "巡检办 0831-1234567", "巡检办 0831-1234567"),
        ("XUNWANG_CRAWLER_ALLOW", "127.0.0.0/8, 192.0.2.0/24", ("127.0.0.0/8", "192.0.2.0/24")),
        ("XUNWANG_CRAWLER_ALLOW", '["127.0.0.0/8"]', ("127.0.0.0/8",)),
        ("XUNWANG_PLATFORMS", '{"集约化" = 4, "cdn.test" = "none"}', {"集约化": 4, "cdn.test": "none"}),
        ("XUNWANG_PERIODS", '{ news = "10 days" }', {"news": "10 days"}),
    ],
)
def test_a_value_is_written_as_its_kind_wants_it(tmp_path: Path, name: str, text: str, value: object) -> None:
    settings = loaded(tmp_path, {name: text})
    at: object = settings
    for part in variables(Settings)[name][0]:
        at = getattr(at, part)
    assert at == value


def test_a_list_of_tables_is_written_as_toml(tmp_path: Path) -> None:
    environ = {"XUNWANG_CRAWLER_VANTAGES": '[{ name = "south", source_address = "127.0.0.2" }]'}
    (vantage,) = loaded(tmp_path, environ).crawler.vantages
    assert (vantage.name, vantage.source_address) == ("south", "127.0.0.2")


def test_an_empty_variable_says_nothing(tmp_path: Path) -> None:
    settings = loaded(tmp_path, {"XUNWANG_HTTP_PORT": "", "XUNWANG_CRAWLER_CONTACT": ""}, '[crawler]\ncontact = "us"\n')
    assert (settings.http.port, settings.crawler.contact) == (9188, "us")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("XUNWANG_PACE_GAP_LEST", "1", "XUNWANG_PACE_GAP_LEST is no setting; did you mean XUNWANG_PACE_GAP_LEAST?"),
        ("XUNWANG_ZZZZZZ", "1", "XUNWANG_ZZZZZZ is no setting; unset it; `xunwang config` shows every setting"),
        ("XUNWANG_PORT", "9188", "XUNWANG_PORT is no setting; did you mean XUNWANG_HTTP_PORT?"),
        ("XUNWANG_HTTP_PORT", "http", "XUNWANG_HTTP_PORT: Expected `int`"),
        ("XUNWANG_PACE_ROBOTS", "perhaps", "XUNWANG_PACE_ROBOTS: Expected `bool`"),
        ("XUNWANG_PLATFORMS", "slow", "XUNWANG_PLATFORMS is not written as in a settings file, such as '{ name = 1.0 }'"),
        ("XUNWANG_PERIODS", '{}\nout = "x"', "XUNWANG_PERIODS is not written as in a settings file"),
        ("XUNWANG_PACE_GAP_LEAST", "-1", "with XUNWANG_PACE_GAP_LEAST: pace.gap_least and pace.gap_factor must be 0 or more"),
        ("XUNWANG_PACE_GAP_LEAST", "nan", "with XUNWANG_PACE_GAP_LEAST: pace.gap_least is nan"),
        ("XUNWANG_CRAWLER_CONTACT", "\udcb0\udcec", "XUNWANG_CRAWLER_CONTACT is not UTF-8"),  # as GBK comes in
        ("XUNWANG_HTTP_LISTEN", "0.0.0.0", "with XUNWANG_HTTP_LISTEN: http.listen is 0.0.0.0"),
    ],
)
def test_a_variable_that_is_no_setting_or_does_not_fit_is_refused_by_name(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    assert told in refusal(tmp_path, {name: text})


def test_a_refusal_does_not_show_the_value_of_a_table_that_may_hold_a_token(tmp_path: Path) -> None:
    said = refusal(tmp_path, {"XUNWANG_BRIDGES": '[{ name = "hub", token = "s3cret-t0ken" '})
    assert "XUNWANG_BRIDGES" in said
    assert "s3cret" not in said


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("XUNWANG_SERVICE_HOST", "10.0.0.1"),
        ("XUNWANG_SERVICE_PORT_HTTP", "9188"),
        ("XUNWANG_PORT", "tcp://10.0.0.1:9188"),
        ("XUNWANG_PORT_9188_TCP_ADDR", "10.0.0.1"),
        ("XUNWANG_HTTP_PORT", "tcp://10.0.0.1:9188"),  # of a Service named xunwang-http
        ("XUNWANG_CORPUS", "somewhere"),
    ],
)
def test_what_others_put_into_the_environment_is_not_taken_for_a_setting(tmp_path: Path, name: str, text: str) -> None:
    assert loaded(tmp_path, {name: text}) == loaded(tmp_path, {})


def test_a_file_that_has_no_table_where_a_variable_needs_one_is_refused_for_it(tmp_path: Path) -> None:
    assert "Expected `object`" in refusal(tmp_path, {"XUNWANG_PACE_GAP_LEAST": "1"}, "pace = 3\n")


def test_laying_over_leaves_the_files_content_as_it_is() -> None:
    content = {"pace": {"gap_least": 9.0}}
    made = laid_over(content, overrides(Settings, {"XUNWANG_PACE_GAP_LEAST": "1", "XUNWANG_HTTP_PORT": "1"}))
    assert made == {"pace": {"gap_least": 1.0}, "http": {"port": 1}}
    assert content == {"pace": {"gap_least": 9.0}}
