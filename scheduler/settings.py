"""The settings of a service: one TOML file, every key with a default but `register` and `out`. An unknown key is refused."""

import difflib
import ipaddress
import tomllib
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
from msgspec import Struct, field

from crawler.records import Gap
from scheduler.errors import Refused


class PaceSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How fast hosts are asked. gap_* in seconds, ceilings in requests per second (0: none)."""

    gap_factor: float = 5.0
    gap_least: float = 1.0
    gap_most: float = 15.0
    platform_ceiling: float = 10.0
    total_ceiling: int = 0
    rounds_in_flight: int = 256

    @property
    def gap(self) -> Gap:
        return Gap(self.gap_factor, self.gap_least, max(self.gap_least, self.gap_most))


class IntervalSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Hours between two looks at a target, by kind and by category; `first` spreads the first looks."""

    home: float = 6.0
    account: float = 12.0
    news: float = 12.0
    notice: float = 24.0
    policy: float = 24.0
    personnel: float = 48.0
    plan: float = 48.0
    other: float = 48.0
    after_failure: float = 2.0
    first: float = 0.25


class HttpSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where /metrics, /healthz, /readyz and /observations are. Beyond loopback, /observations needs a token."""

    listen: str = "127.0.0.1"
    port: int = 9188
    token: str = ""
    token_file: str = ""
    stalled_after: float = 300.0


class CrawlerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """workers: crawler processes, 0 for none. contact: whom a site's owner may write to. vantage: where we look from."""

    workers: int = 0
    contact: str = ""
    vantage: str = "default"
    allow: tuple[str, ...] = ()
    hosts: str = ""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    register: str
    out: str
    pace: PaceSettings = field(default_factory=PaceSettings)
    intervals: IntervalSettings = field(default_factory=IntervalSettings)
    http: HttpSettings = field(default_factory=HttpSettings)
    crawler: CrawlerSettings = field(default_factory=CrawlerSettings)


def load_settings(path: Path) -> Settings:
    """Read a settings file; paths in it are relative to its folder. Raises Refused naming the key and what to write."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"the settings file {path} cannot be read ({error.strerror}); name one with --config") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"the settings file {path} is not TOML: {error}") from error
    _refuse_unknown(content, Settings, path, "")
    try:
        settings = msgspec.convert(content, Settings)
    except msgspec.ValidationError as error:
        raise Refused(f"the settings file {path}: {error}") from error
    _check(settings, path)
    return settings


def _refuse_unknown(content: dict[str, Any], form: type[Struct], path: Path, prefix: str) -> None:
    hints = get_type_hints(form)
    for key, value in content.items():
        if key not in hints:
            near = difflib.get_close_matches(key, hints, 1)
            hint = f"; did you mean {prefix}{near[0]}?" if near else f"; it knows {', '.join(prefix + name for name in hints)}"
            raise Refused(f"the settings file {path} has an unknown key {prefix}{key}{hint}")
        if isinstance(value, dict) and isinstance(hints[key], type) and issubclass(hints[key], Struct):
            _refuse_unknown(value, hints[key], path, f"{key}.")


def _check(settings: Settings, path: Path) -> None:
    pace, http = settings.pace, settings.http
    wrong = [
        (pace.gap_least < 0 or pace.gap_factor < 0, "pace.gap_least and pace.gap_factor must be 0 or more"),
        (pace.platform_ceiling <= 0, "pace.platform_ceiling must be more than 0"),
        (pace.total_ceiling < 0, "pace.total_ceiling must be 0 (none) or more"),
        (pace.rounds_in_flight < 1, "pace.rounds_in_flight must be 1 or more"),
        (not 0 <= http.port <= 65535, "http.port must be from 0 to 65535"),
        (settings.crawler.workers < 0, "crawler.workers must be 0 or more"),
        (any(hours <= 0 for hours in msgspec.structs.astuple(settings.intervals)), "intervals must be more than 0 hours"),
        (bool(http.token) and bool(http.token_file), "give http.token or http.token_file, not both"),
    ]
    for is_wrong, sentence in wrong:
        if is_wrong:
            raise Refused(f"the settings file {path}: {sentence}")
    for block in settings.crawler.allow:
        try:
            ipaddress.ip_network(block)
        except ValueError as error:
            raise Refused(f"the settings file {path}: crawler.allow: {error}; write a block such as 127.0.0.0/8") from error
    if not (http.token or http.token_file) and not _is_loopback(http.listen):
        raise Refused(
            f"the settings file {path}: http.listen is {http.listen}, so others can read /observations; "
            "set http.token or http.token_file"
        )


def _is_loopback(listen: str) -> bool:
    try:
        return ipaddress.ip_address(listen).is_loopback
    except ValueError:
        return listen == "localhost"
