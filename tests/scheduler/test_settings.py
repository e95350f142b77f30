"""The settings file: what may be said, and one clear sentence for what may not."""

from pathlib import Path
from textwrap import dedent

import pytest

from scheduler.deadlines import Period
from scheduler.errors import Refused
from scheduler.settings import Settings, load_settings

LEAST = 'register = "register"\nout = "patrol"\n'


def loaded(folder: Path, text: str) -> Settings:
    file = folder / "xunwang.toml"
    file.write_text(LEAST + dedent(text), encoding="utf-8")
    return load_settings(file)


def refused(folder: Path, text: str | bytes) -> str:
    """The sentence with which the text is refused; it names the file."""
    file = folder / "xunwang.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Refused) as refusal:
        load_settings(file)
    sentence = str(refusal.value)
    assert "\n" not in sentence
    assert f"settings file {file}" in sentence
    return sentence


# ---- what is fine ----


def test_register_and_out_are_enough(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "")
    assert (settings.register, settings.out) == ("register", "patrol")
    assert settings.pace.gap == Settings("r", "o").pace.gap
    assert settings.probes.per_day > 20  # indicators.md W2
    assert settings.http.listen == "127.0.0.1"


def test_periods_stand_in_the_place_of_the_national_ones(tmp_path: Path) -> None:
    periods = loaded(tmp_path, '[periods]\nnews = "10 days"\nplan = "none"\nother = "3个月"\n').policy.periods
    assert (periods.news, periods.plan, periods.other) == (Period(10, "day"), None, Period(3, "month"))
    assert periods.notice == Period(6, "month")


def test_a_platform_has_a_ceiling_of_its_own_or_is_none(tmp_path: Path) -> None:
    settings = loaded(tmp_path, '[platforms]\n"集约化" = 4\n"203.0.113.5" = 0.5\n"cdn.test" = "none"\n')
    assert settings.platforms == {"集约化": 4, "203.0.113.5": 0.5, "cdn.test": "none"}


def test_vantages_are_named_ways_out(tmp_path: Path) -> None:
    text = """
        [crawler]
        vantage = "north"
        nameservers = ["192.0.2.53", "192.0.2.54:5353", "2001:db8::53"]
        [[crawler.vantages]]
        name = "south"
        source_address = "127.0.0.2"
        [[crawler.vantages]]
        name = "six"
        source_address = "::1"
    """
    crawler = loaded(tmp_path, text).crawler
    assert [(vantage.name, vantage.source_address) for vantage in crawler.vantages] == [("south", "127.0.0.2"), ("six", "::1")]


def test_a_most_gap_below_the_least_is_the_least(tmp_path: Path) -> None:
    gap = loaded(tmp_path, "[pace]\ngap_least = 20.0\ngap_most = 5.0\n").pace.gap
    assert (gap.least_s, gap.most_s) == (20.0, 20.0)


def test_whole_numbers_do_for_seconds(tmp_path: Path) -> None:
    assert loaded(tmp_path, "[canaries]\nevery = 30\n").canaries.every == 30.0


@pytest.mark.parametrize("listen", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_needs_no_token(tmp_path: Path, listen: str) -> None:
    assert loaded(tmp_path, f'[http]\nlisten = "{listen}"\n').http.listen == listen


def test_elsewhere_a_token_is_enough(tmp_path: Path) -> None:
    assert loaded(tmp_path, '[http]\nlisten = "0.0.0.0"\ntoken_file = "token"\n').http.token_file == "token"


# ---- what is not: values ----


@pytest.mark.parametrize(
    ("section", "line", "told"),
    [
        ("pace", "gap_least = -1.0", "pace.gap_least and pace.gap_factor must be 0 or more"),
        ("pace", "gap_factor = -0.1", "pace.gap_least and pace.gap_factor must be 0 or more"),
        ("pace", "gap_most = -1", "pace.gap_most must be 0 or more"),
        ("pace", "platform_ceiling = 0", "pace.platform_ceiling must be more than 0"),
        ("pace", "platform_hosts = 1", "pace.platform_hosts must be 0 (none is learned) or 2 and more"),
        ("pace", "total_ceiling = -5", "pace.total_ceiling must be 0 (none) or more"),
        ("pace", "rounds_in_flight = 0", "pace.rounds_in_flight must be 1 or more"),
        ("pace", "probe_rounds = 0", "pace.probe_rounds must be 1 or more"),
        ("pace", "full_every = 0", "pace.full_every must be 1 or more"),
        ("pace", "robots_delay_most = -1", "pace.robots_delay_most must be 0 or more"),
        ("pace", 'robots = "yes"', "Expected `bool`"),
        ("breaker", "failures = -1", "breaker.failures must be 0"),
        ("breaker", "first_s = 0", "must be more than 0 seconds"),
        ("breaker", "most_s = -1.0", "must be more than 0 seconds"),
        ("breaker", "no_name_s = 0", "must be more than 0 seconds"),
        ("probes", "per_day = -1", "probes.per_day must be from 0"),
        ("probes", "per_day = 1441", "probes.per_day must be from 0"),
        ("probes", "per_day = 26.5", "Expected `int`"),
        ("canaries", "every = 1", "canaries.every must be 2 seconds or more"),
        ("canaries", 'urls = ["www.example.com"]', "'www.example.com' is not an address such as http://www.example.com/"),
        ("canaries", 'urls = ["http://"]', "is not an address"),
        ("http", "port = 65536", "http.port must be from 0 to 65535"),
        ("http", "port = -1", "http.port must be from 0 to 65535"),
        ("http", "stalled_after = 0", "http.stalled_after and http.stalled_gaps must be more than 0"),
        ("http", "stalled_gaps = -1.0", "http.stalled_after and http.stalled_gaps must be more than 0"),
        ("http", 'listen = "0.0.0.0"', "set http.token or http.token_file"),
        ("http", 'token = "a"\ntoken_file = "b"', "give http.token or http.token_file, not both"),
        ("platforms", '"a" = 0', 'platforms."a" must be more than 0 requests per second, or "none"'),
        ("platforms", '"a" = "slow"', 'platforms."a" must be more than 0 requests per second, or "none"'),
        ("platforms", '"a" = true', "Expected `float | str`"),
        ("periods", 'news = "2 fortnights"', "periods.news: '2 fortnights' is not a period"),
        ("periods", 'blogs = "2 weeks"', "periods.blogs is unknown; there are home"),
        ("periods", "news = 14", "Expected `str`"),
        ("intervals", "news = 0.0", "base intervals must be from 0.1 to 8784 hours"),
        ("revisit", "cap = 0.5", "cap from 1 to 100"),
        ("revisit", "grow = 0.9", "grow from 1 to 100"),
        ("revisit", "catch_up = 0.5", "catch_up must be more than 0 and at most 0.2"),
        ("revisit", "due_soon_days = 0", "due_soon_days must be more than 0"),
        ("crawler", "workers = -1", "crawler.workers must be 0 or more"),
        ("crawler", 'vantage = ""', "must be there and differ from each other"),
        ("crawler", 'allow = ["10.0.0.0/33"]', "'10.0.0.0/33' is no network; write a block such as 127.0.0.0/8"),
        ("crawler", 'nameservers = ["dns.example"]', "'dns.example' must be an address, or address:port"),
        ("crawler", 'nameservers = ["192.0.2.1:0"]', "'192.0.2.1:0' must be an address, or address:port"),
        ("crawler", 'second_nameservers = ["192.0.2.1:x"]', "'192.0.2.1:x' must be an address, or address:port"),
    ],
)
def test_a_wrong_value_is_refused_with_the_key_and_what_to_write(tmp_path: Path, section: str, line: str, told: str) -> None:
    assert told in refused(tmp_path, f"{LEAST}[{section}]\n{line}\n")


@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
@pytest.mark.parametrize(
    "key",
    [
        "pace.gap_least",
        "pace.platform_ceiling",
        "breaker.first_s",
        "intervals.news",
        "revisit.cap",
        "canaries.every",
        "http.stalled_after",
        "platforms.us",
    ],
)
def test_a_number_without_an_end_is_refused(tmp_path: Path, key: str, number: str) -> None:
    section, name = key.split(".")
    assert f"{key} is {number}" in refused(tmp_path, f"{LEAST}[{section}]\n{name} = {number}\n")


@pytest.mark.parametrize(
    ("vantage", "told"),
    [
        ('name = "south"\nsource_address = "no address"', "source_address of 'south' must be an address of this machine"),
        ('name = "default"\nsource_address = "127.0.0.2"', "must be there and differ from each other"),
        ('name = ""\nsource_address = "127.0.0.2"', "must be there and differ from each other"),
        ('name = "south"', "missing required field `source_address`"),
        ('name = "south"\nsource_adress = "127.0.0.2"', "unknown field `source_adress`"),
    ],
)
def test_a_vantage_needs_a_name_of_its_own_and_an_address(tmp_path: Path, vantage: str, told: str) -> None:
    assert told in refused(tmp_path, f"{LEAST}[[crawler.vantages]]\n{vantage}\n")


# ---- what is not: keys and files ----


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('regster = "r"\nout = "o"', "unknown key regster; did you mean register?"),
        (LEAST + "[pace]\ngap_lest = 1", "unknown key pace.gap_lest; did you mean pace.gap_least?"),
        (LEAST + "[canary]\nevery = 5", "unknown key canary; did you mean canaries?"),
        (LEAST + "[intervals]\nfirst = 2", "unknown key intervals.first; it knows intervals.home, intervals.account"),
        (LEAST + "[probes]\nzzz = 2", "unknown key probes.zzz; it knows probes.per_day"),
        ('out = "o"', "missing required field `register`"),
        ('register = "r"', "missing required field `out`"),
        ('register = ""\nout = "o"', "register and out must name a file or folder"),
        (LEAST + "pace = 3", "Expected `object`"),
        ("register = ", "is not TOML"),
        (b"register = \xff\xfe", "is not TOML"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_what_is_wrong_in_it(tmp_path: Path, text: str | bytes, told: str) -> None:
    assert told in refused(tmp_path, text)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"cannot be read .No such file or directory.; name one with --config"):
        load_settings(tmp_path / "nowhere.toml")
