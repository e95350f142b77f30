"""The settings of a service: one TOML file and XUNWANG_… variables. An unknown key is refused.

Every key has a default but `register` and `out`.
"""

import difflib
import ipaddress
import math
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

import msgspec
from msgspec import Struct, field

from crawler.accounts.bridges import BridgeUnusable
from crawler.accounts.bridgesettings import Bridges, BridgeSettings
from crawler.records import Gap
from crawler.visit import host_of
from scheduler.breaker import BreakerSettings
from scheduler.deadlines import read_periods
from scheduler.environment import Override, laid_over, overrides
from scheduler.errors import Refused
from scheduler.probes import MOST_PER_DAY
from scheduler.revisit import Hours, Policy


class PaceSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How fast hosts are asked. gap_* in seconds, ceilings in requests per second (0: none).

    platform_hosts    so many hosts behind one address are a platform without anybody saying so; 0: none is learned
    rounds_in_flight  hosts asked for columns at the same time; probe_rounds: those asked for probes beside them
    full_every        answers 304 in a row before a full fetch is forced
    robots            honour robots.txt, its Crawl-delay up to robots_delay_most seconds
    """

    gap_factor: float = 5.0
    gap_least: float = 1.0
    gap_most: float = 15.0
    platform_ceiling: float = 10.0
    platform_hosts: int = 8
    total_ceiling: int = 0
    rounds_in_flight: int = 1024
    probe_rounds: int = 256
    full_every: int = 10
    robots: bool = False
    robots_delay_most: float = 10.0

    @property
    def gap(self) -> Gap:
        return Gap(self.gap_factor, self.gap_least, max(self.gap_least, self.gap_most))


class RevisitSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How intervals grow and shrink, and when a look is pulled in: revisit.py says what each number does."""

    floor: float = 0.5
    cap: float = 4.0
    shrink: float = 0.5
    grow: float = 1.5
    due_soon_days: float = 3.0
    look_before_hours: float = 12.0
    look_after_hours: float = 6.0
    second_look_hours: float = 2.0
    first_spread_hours: float = 2.0
    catch_up: float = 0.15


class ProbeSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """per_day: probes of each home page a day (W2 wants more than 20); 0: none."""

    per_day: int = 26


class CanarySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """urls: well-known pages whose answers tell that our own network works. every: seconds between two rounds of them."""

    urls: tuple[str, ...] = ()
    every: float = 15.0


class JournalSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """keep_days: a segment goes so long after its last line; 0: never. pack: closed segments are compressed beside themselves.

    grace_hours: the plain form stays so long beside the compressed one, for those who have it open
    """

    keep_days: float = 400.0
    pack: bool = True
    grace_hours: float = 24.0


class HttpSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where /metrics, /healthz, /readyz and /observations are. Beyond loopback, /observations needs a token.

    stalled_after, stalled_gaps  /healthz fails when visits are due and no line was written for so many seconds, and for so many
                                 times the gap that the calendar lets expect between two lines
    """

    listen: str = "127.0.0.1"
    port: int = 9188
    token: str = ""
    token_file: str = ""
    stalled_after: float = 300.0
    stalled_gaps: float = 20.0


class VantageSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A second way out: connections leave from `source_address`, an address of this machine."""

    name: str
    source_address: str


class CrawlerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """workers: crawler processes per vantage, 0 for none. contact: whom a site's owner may write to.

    vantage   where we look from; vantages: further ways out, from which a failing probe is asked again
    nameservers, second_nameservers   address or address:port; the second must agree that a name does not exist
    """

    workers: int = 0
    contact: str = ""
    vantage: str = "default"
    vantages: tuple[VantageSettings, ...] = ()
    nameservers: tuple[str, ...] = ()
    second_nameservers: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    hosts: str = ""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """platforms: name or address → its own ceiling in requests per second, or "none" where it is no platform.

    periods: category → such as "2 weeks"; the national ones where nothing is said. bridges: feeds of ours that tell of
    accounts. reports: a folder that operators' reports are put into.
    """

    register: str
    out: str
    reports: str = ""
    bridges: tuple[BridgeSettings, ...] = ()
    pace: PaceSettings = field(default_factory=PaceSettings)
    breaker: BreakerSettings = field(default_factory=BreakerSettings)
    platforms: dict[str, float | str] = field(default_factory=dict)
    intervals: Hours = field(default_factory=Hours)
    revisit: RevisitSettings = field(default_factory=RevisitSettings)
    periods: dict[str, str] = field(default_factory=dict)
    probes: ProbeSettings = field(default_factory=ProbeSettings)
    canaries: CanarySettings = field(default_factory=CanarySettings)
    journal: JournalSettings = field(default_factory=JournalSettings)
    http: HttpSettings = field(default_factory=HttpSettings)
    crawler: CrawlerSettings = field(default_factory=CrawlerSettings)

    @property
    def policy(self) -> Policy:
        """The revisit policy. Raises ValueError with one sentence for numbers it does not allow."""
        return Policy(base=self.intervals, periods=read_periods(self.periods), **msgspec.structs.asdict(self.revisit))


class Read(NamedTuple):
    """What `read_settings` found: the settings in force, what the file says, what the environment says."""

    settings: Settings
    content: dict[str, Any]
    overrides: list[Override]


def load_settings(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings in force: those of a file, with XUNWANG_… variables (environment.py) in the place of what it says.

    environ: the process's own where None is given. Paths are relative to the file's folder. Raises Refused naming the key and
    what to write.
    """
    return read_settings(path, environ).settings


def read_settings(path: Path, environ: Mapping[str, str] | None = None) -> Read:
    """As `load_settings`, with what each side said."""
    content = _content(path)
    given = overrides(Settings, os.environ if environ is None else environ)
    source = f"the settings file {path}" + (f" with {', '.join(each.name for each in given)}" if given else "")
    merged = laid_over(content, given)
    _refuse_unknown(merged, Settings, source, "")
    try:
        settings = msgspec.convert(merged, Settings)
    except msgspec.ValidationError as error:
        raise Refused(f"{source}: {error}") from error
    _check(settings, source)
    return Read(settings, content, given)


def _content(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"the settings file {path} cannot be read ({error.strerror}); name one with --config") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"the settings file {path} is not TOML: {error}") from error


def _refuse_unknown(content: dict[str, Any], form: type[Struct], source: str, prefix: str) -> None:
    hints = get_type_hints(form)
    for key, value in content.items():
        if key not in hints:
            near = difflib.get_close_matches(key, hints, 1)
            hint = f"; did you mean {prefix}{near[0]}?" if near else f"; it knows {', '.join(prefix + name for name in hints)}"
            raise Refused(f"{source} has an unknown key {prefix}{key}{hint}")
        for name, number in value.items() if isinstance(value, dict) else ((None, value),):
            if isinstance(number, float) and not math.isfinite(number):
                where = f"{prefix}{key}" if name is None else f"{prefix}{key}.{name}"
                raise Refused(f"{source}: {where} is {number}; write a number that has an end")
        if isinstance(value, dict) and isinstance(hints[key], type) and issubclass(hints[key], Struct):
            _refuse_unknown(value, hints[key], source, f"{key}.")


def _check(settings: Settings, source: str) -> None:
    for sentence in (*_wrong_numbers(settings), *_wrong_names(settings), *_wrong_places(settings)):
        raise Refused(f"{source}: {sentence}")
    try:
        _ = settings.policy
        Bridges(settings.bridges)
    except (ValueError, BridgeUnusable) as error:
        raise Refused(f"{source}: {error}") from error


def _wrong_numbers(settings: Settings) -> Iterator[str]:
    pace, http, breaker = settings.pace, settings.http, settings.breaker
    wrong = [
        (pace.gap_least < 0 or pace.gap_factor < 0, "pace.gap_least and pace.gap_factor must be 0 or more"),
        (pace.gap_most < 0, "pace.gap_most must be 0 or more"),
        (not 0 <= settings.journal.keep_days <= 36_500, "journal.keep_days must be from 0 (for ever) to 36500"),
        (not 0 <= settings.journal.grace_hours <= 8784, "journal.grace_hours must be from 0 to 8784"),
        (pace.platform_ceiling <= 0, "pace.platform_ceiling must be more than 0"),
        (pace.total_ceiling < 0, "pace.total_ceiling must be 0 (none) or more"),
        (pace.rounds_in_flight < 1, "pace.rounds_in_flight must be 1 or more"),
        (not 0 <= http.port <= 65535, "http.port must be from 0 to 65535"),
        (pace.platform_hosts < 0 or pace.platform_hosts == 1, "pace.platform_hosts must be 0 (none is learned) or 2 and more"),
        (pace.probe_rounds < 1, "pace.probe_rounds must be 1 or more"),
        (pace.full_every < 1, "pace.full_every must be 1 or more"),
        (pace.robots_delay_most < 0, "pace.robots_delay_most must be 0 or more"),
        (breaker.failures < 0, "breaker.failures must be 0 (it never opens) or more"),
        (
            min(breaker.first_s, breaker.most_s, breaker.no_name_s) <= 0,
            "breaker.first_s, breaker.most_s and breaker.no_name_s must be more than 0 seconds",
        ),
        (settings.crawler.workers < 0, "crawler.workers must be 0 or more"),
        (not 0 <= settings.probes.per_day <= MOST_PER_DAY, f"probes.per_day must be from 0 (none) to {MOST_PER_DAY}"),
        (settings.canaries.every < 2, "canaries.every must be 2 seconds or more"),
        (http.stalled_after <= 0 or http.stalled_gaps <= 0, "http.stalled_after and http.stalled_gaps must be more than 0"),
    ]
    yield from (sentence for is_wrong, sentence in wrong if is_wrong)
    for name, ceiling in settings.platforms.items():
        if ceiling != "none" and not (isinstance(ceiling, int | float) and ceiling > 0):
            yield f'platforms."{name}" must be more than 0 requests per second, or "none"'


def _wrong_names(settings: Settings) -> Iterator[str]:
    http, crawler = settings.http, settings.crawler
    if not settings.register or not settings.out:
        yield "register and out must name a file or folder"
    if http.token and http.token_file:
        yield "give http.token or http.token_file, not both"
    for bridge in settings.bridges:
        if bridge.token and bridge.token_file:
            yield f"bridge {bridge.name}: give token or token_file, not both"
    names = [crawler.vantage, *(vantage.name for vantage in crawler.vantages)]
    if not all(names) or len(set(names)) < len(names):
        yield "crawler.vantage and the names of crawler.vantages must be there and differ from each other"
    for url in settings.canaries.urls:
        if not url.startswith(("http://", "https://")) or not host_of(url):
            yield f"canaries.urls: {url!r} is not an address such as http://www.example.com/"


def _wrong_places(settings: Settings) -> Iterator[str]:
    http, crawler = settings.http, settings.crawler
    for vantage in crawler.vantages:
        if not _reads(ipaddress.ip_address, vantage.source_address):
            yield (
                f"crawler.vantages: source_address of {vantage.name!r} must be an address of this machine, "
                f"not {vantage.source_address!r}"
            )
    for server in (*crawler.nameservers, *crawler.second_nameservers):
        address, _, port = server.rpartition(":") if server.count(":") == 1 else (server, "", "53")
        if not _reads(ipaddress.ip_address, address) or not (port.isdecimal() and 0 < int(port) <= 65535):
            yield f"crawler: the nameserver {server!r} must be an address, or address:port, such as 192.0.2.53:53"
    for block in crawler.allow:
        if not _reads(ipaddress.ip_network, block):
            yield f"crawler.allow: {block!r} is no network; write a block such as 127.0.0.0/8"
    if not (http.token or http.token_file) and not _is_loopback(http.listen):
        yield f"http.listen is {http.listen}, so others can read /observations; set http.token or http.token_file"


def _reads(form: Callable[[str], object], text: str) -> bool:
    try:
        form(text)
    except ValueError:
        return False
    return True


def _is_loopback(listen: str) -> bool:
    try:
        return ipaddress.ip_address(listen).is_loopback
    except ValueError:
        return listen == "localhost"
