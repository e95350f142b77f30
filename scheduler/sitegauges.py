"""/metrics/sites: a handful of gauges per site, for a scrape every few minutes; and how many sites are down, for every scrape.

Each site has five series and no column ever has one, so that their number is five times the register's. The text is made once
per sample by the sampling thread; a scrape copies it.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct
from prometheus_client import CollectorRegistry, Gauge

from crawler.records import SubjectPart

SITES_MOST: Final = 20_000
"""More sites than these are left out, and counted."""

FAILED_LOOKS: Final = 2
"""So many looks in a row that read nothing make a target failing."""

SHARE: Final = 100
LEAST_S: Final = 15.0
"""A sample costs at most one part in SHARE of the time, and there are at least LEAST_S seconds between two."""

_UNREACHABLE: Final = frozenset({"timeout", "connect", "dns", "tls"})
_UNTOLD: Final = frozenset({"inconclusive", "internal"})
STATES: Final = ("up", "down", "unknown")

_ROWS: Final = """
SELECT t.subject, s.lane, s.state, s.deadline FROM states s JOIN targets t USING (id)
WHERE t.kind IN ('home', 'probe', 'column') AND (s.due IS NOT NULL OR t.leader IS NOT NULL)
"""


class Last(Struct, frozen=True, array_like=True):
    """The beginning of a `state.State`, all that is needed here."""

    due_ms: int
    at_ms: int
    outcome: str
    digest: str | None = None
    reader: int = 0
    row: str = ""
    reading: bytes = b""
    known: bytes = b""
    failures: int = 0


@dataclass
class Site:
    """What is counted of one site. told: its latest look that tells of the site and not of us, and down: what it told.

    Where it is probed, as (True, ms), probes alone tell: only they are held back until we know that the trouble is not ours.
    """

    targets: int = 0
    failing: int = 0
    overdue: int = 0
    ok_ms: int = 0
    told: tuple[bool, int] = (False, 0)
    down: bool = False


_decode_last = msgspec.msgpack.Decoder(Last).decode
_decode_subject = msgspec.json.Decoder(SubjectPart).decode


def survey(connection: sqlite3.Connection, now_ms: int) -> tuple[dict[str, Site], dict[str, SubjectPart]]:
    """(code → Site, code → subject) of all sites and sections that have something watched."""
    subjects = {}
    for code, part in connection.execute("SELECT code, part FROM subjects"):
        subject = _decode_subject(part)
        if subject.kind != "account":
            subjects[code] = subject
    sites: dict[str, Site] = {}
    for code, lane, state, deadline in connection.execute(_ROWS):
        if code not in subjects:
            continue
        site = sites.get(code)
        if site is None:
            site = sites[code] = Site()
        probe = lane == 1
        site.targets += not probe
        site.overdue += deadline is not None and deadline <= now_ms
        if state:
            _look(site, _decode_last(state), probe)
    return sites, subjects


def _look(site: Site, last: Last, probe: bool) -> None:
    if last.outcome == "ok":
        site.ok_ms = max(site.ok_ms, last.at_ms)
    site.failing += not probe and last.failures >= FAILED_LOOKS
    if last.outcome not in _UNTOLD and (probe, last.at_ms) > site.told:
        site.told, site.down = (probe, last.at_ms), last.outcome in _UNREACHABLE


class SiteGauges:
    """`registry` gets the count of sites by state; the series of each site are in `text`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._sites = Gauge(
            "xunwang_sites", "Sites by what their latest look told: up, down (cannot be opened), unknown", ("state",),
            registry=registry,
        )  # fmt: skip
        self._left_out = Gauge("xunwang_sites_left_out", "Sites that have no gauges of their own", registry=registry)
        self._ok_ms: dict[str, int] = {}
        self._next_s = 0.0
        self.text = b""

    def sample(self, ledger: Path, now_ms: int) -> None:
        """Count anew, if it is time. Opens a connection of its own, which only reads. Raises sqlite3.Error."""
        begun = time.monotonic()
        if begun < self._next_s:
            return
        connection = sqlite3.connect(f"{ledger.absolute().as_uri()}?mode=ro", uri=True, timeout=10)
        try:
            sites, subjects = survey(connection, now_ms)
        finally:
            connection.close()
        self._show(sites, subjects)
        self._next_s = begun + max(LEAST_S, SHARE * (time.monotonic() - begun))

    def _show(self, sites: dict[str, Site], subjects: dict[str, SubjectPart]) -> None:
        for state in STATES:
            self._sites.labels(state).set(sum(_state(site) == state for site in sites.values()))
        self._left_out.set(max(0, len(sites) - SITES_MOST))
        shown = dict(sorted(sites.items())[:SITES_MOST])
        self._ok_ms = {code: max(site.ok_ms, self._ok_ms.get(code, 0)) for code, site in shown.items()}
        self.text = "".join(self._lines(shown, subjects)).encode()

    def _lines(self, sites: dict[str, Site], subjects: dict[str, SubjectPart]) -> Iterator[str]:
        for series in SERIES:
            yield f"# HELP {series.name} {series.help}\n# TYPE {series.name} gauge\n"
            for code, site in sites.items():
                value = series.value(site, self._ok_ms[code])
                if value is not None:
                    more = _about(subjects[code]) if series.about else ""
                    yield f'{series.name}{{site="{_escaped(code)}"{more}}} {value}\n'


class Series(NamedTuple):
    """value: of a Site and of when something of it was last read (ms, 0 for never). about: with the name and region."""

    name: str
    help: str
    value: Callable[[Site, int], str | None]
    about: bool = False


SERIES: Final = (
    Series("xunwang_site_info", "1, with the name and region of a site", lambda site, ok_ms: "1", about=True),
    Series("xunwang_site_targets", "Home page and columns watched of a site", lambda site, ok_ms: str(site.targets)),
    Series(
        "xunwang_site_failing_targets",
        f"Those of them whose last {FAILED_LOOKS} looks or more read nothing",
        lambda site, ok_ms: str(site.failing),
    ),
    Series(
        "xunwang_site_overdue_columns",
        "Those of them past the scheduler's period (no verdict)",
        lambda site, ok_ms: str(site.overdue),
    ),
    Series(
        "xunwang_site_last_ok_timestamp_seconds",
        "When something of a site was last read",
        lambda site, ok_ms: f"{ok_ms / 1000:.3f}" if ok_ms else None,
    ),
)


def _about(subject: SubjectPart) -> str:
    return f',name="{_escaped(subject.name)}",region="{_escaped(subject.region or "")}"'


def _state(site: Site) -> str:
    return "unknown" if not site.told[1] else "down" if site.down else "up"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
