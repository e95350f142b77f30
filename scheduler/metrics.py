"""What Prometheus sees of the patrol: one registry, in the scheduler, filled from sightings and written batches.

Labels are bounded: outcome, kind, phase, region (a province has some hundred). No site, no column, no URL is ever one.
"""

import os
from typing import Final

os.environ.setdefault("PROMETHEUS_DISABLE_CREATED_SERIES", "true")  # halves the counters' series; read at import

import msgspec
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from crawler.records import Kind, Sighting, SubjectPart
from scheduler.housegauges import HouseGauges, Readers
from scheduler.ledger import Ledger
from scheduler.sitegauges import SiteGauges
from scheduler.writer import Written

_FETCH_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60)
_READ_BUCKETS: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25)
_DISK_BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
PHASES: Final = ("dns", "connect", "tls", "first_byte", "body")


_decode_subject = msgspec.json.Decoder(SubjectPart).decode


class Metrics:
    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._visits = Counter("xunwang_visits", "Visits ended, by outcome and kind", ("outcome", "kind"), registry=registry)
        self._regions = Counter(
            "xunwang_region_visits",
            "Visits ended, by the subject's region and outcome",
            ("region", "outcome"),
            registry=registry,
        )
        self._fetch = Histogram(
            "xunwang_fetch_seconds",
            "Time of a visit's last request by phase",
            ("phase",),
            buckets=_FETCH_BUCKETS,
            registry=registry,
        )
        self._bytes = Counter("xunwang_fetched_bytes", "Bytes of bodies after decompression", registry=registry)
        self._requests = Counter("xunwang_requests", "Requests made", registry=registry)
        self._read = Histogram(
            "xunwang_read_seconds", "Time to read a page, by kind", ("kind",), buckets=_READ_BUCKETS, registry=registry
        )
        self._unchanged = Counter("xunwang_unchanged", "Visits whose page had not changed", registry=registry)
        self.rounds = Gauge("xunwang_rounds_in_flight", "Rounds handed out and not ended", registry=registry)
        self.visits_in_flight = Gauge("xunwang_visits_in_flight", "Visits planned and not durable yet", registry=registry)
        self.due = Gauge("xunwang_due", "Visits that are due now", registry=registry)
        self.oldest_due = Gauge("xunwang_oldest_due_seconds", "Age of the oldest due visit", registry=registry)
        self.hosts_waiting = Gauge("xunwang_hosts_on_agenda", "Hosts with something to do and no round", registry=registry)
        self.hosts_paused = Gauge("xunwang_hosts_paused", "Hosts that asked to be left alone, or are down", registry=registry)
        self.late = Counter("xunwang_late_results", "Messages that came after their round was over", registry=registry)
        self._lines = Counter("xunwang_journal_lines", "Lines written to the journal", registry=registry)
        self._journal_bytes = Counter("xunwang_journal_bytes", "Bytes written to the journal", registry=registry)
        self._sync = Histogram("xunwang_fsync_seconds", "fdatasync of the journal", buckets=_DISK_BUCKETS, registry=registry)
        self._commit = Histogram(
            "xunwang_ledger_commit_seconds", "One transaction of the ledger", buckets=_DISK_BUCKETS, registry=registry
        )
        self.scheduled = Counter("xunwang_visits_scheduled", "Due times given to visits", registry=registry)
        self.skipped = Counter("xunwang_skipped", "Due times that passed while nothing could be looked at", registry=registry)
        self.withdrawn = Counter(
            "xunwang_visits_withdrawn", "Due times taken away: withdrawn or paused by the register", registry=registry
        )
        self._outstanding = Gauge(
            "xunwang_visits_outstanding",
            "Visits with a due time and no line yet: later, due or in flight",
            ("state",),
            registry=registry,
        )
        self._freshness = Gauge(
            "xunwang_targets",
            "Targets by region, category and freshness, by the scheduler's periods (no verdicts)",
            ("region", "category", "freshness"),
            registry=registry,
        )
        self.expected_gap = Gauge(
            "xunwang_expected_gap_seconds", "Seconds between two lines that the calendar lets expect", registry=registry
        )
        self._canary = Gauge("xunwang_canary_up", "1 while a canary answers", ("canary",), registry=registry)
        self.held = Gauge("xunwang_own_trouble", "1 while columns are not asked for a trouble of ours", registry=registry)
        self.doubted = Gauge("xunwang_doubted", "Failures that wait for a judgement of our own state", registry=registry)
        self.breakers = Gauge("xunwang_breakers_open", "Hosts whose breaker is not closed", registry=registry)
        self.platforms = Gauge("xunwang_platforms", "Platforms, named or learned", registry=registry)
        self.probe_late = Histogram(
            "xunwang_probe_lateness_seconds",
            "From a probe's due time to its request",
            buckets=(0.1, 0.5, 1, 2, 5, 10, 15, 20, 30, 45, 60, 120, 300),
            registry=registry,
        )
        self.register_bad = Gauge("xunwang_register_bad", "1 while the register file cannot be read", registry=registry)
        self.overdue_s = 0.0
        self.latest_probe_s = 0.0
        self.outstanding = 0
        self.expected_gap_s = 0.0
        self._fresh: set[tuple[str, str, str]] = set()
        self.paused = Gauge("xunwang_paused", "1 while nothing can be written and the patrol waits", registry=registry)
        self.loop_lag = Gauge(
            "xunwang_loop_lag_seconds", "How late the event loop runs its timers, at worst of the last 15 s", registry=registry
        )
        self.last_line = Gauge("xunwang_last_line_timestamp_seconds", "When the last line became durable", registry=registry)
        ProcessCollector(registry=registry)
        self.readers = Readers(registry)
        self.sites = SiteGauges(registry)
        self._house = HouseGauges(registry)
        self._phase = [self._fetch.labels(phase) for phase in PHASES]
        self._visit: dict[tuple[str, str], Counter] = {}
        self._read_of: dict[str, Histogram] = {}
        self._region_of: dict[bytes, str] = {}
        self._region: dict[tuple[str, str], Counter] = {}

    def saw(self, kind: Kind, subject: bytes, sighting: Sighting) -> None:
        """One visit has ended. `subject` as observations carry it (JSON)."""
        region = self._region_of.get(subject)
        if region is None:
            region = self._region_of[subject] = _decode_subject(subject).region or ""
        by_region = self._region.get((region, sighting.outcome))
        if by_region is None:
            by_region = self._region[region, sighting.outcome] = self._regions.labels(region, sighting.outcome)
        by_region.inc()
        key = (sighting.outcome, kind)
        counter = self._visit.get(key)
        if counter is None:
            counter = self._visit[key] = self._visits.labels(*key)
        counter.inc()
        if sighting.requests:
            self._requests.inc(sighting.requests)
            phases = sighting.phases
            values = (phases.dns, phases.connect, phases.tls, phases.first_byte, phases.body)
            for child, value in zip(self._phase, values, strict=True):
                if value > 0:
                    child.observe(value)
        if sighting.bytes:
            self._bytes.inc(sighting.bytes)
        if sighting.unchanged:
            self._unchanged.inc()
        elif sighting.read_s > 0:
            reader = self._read_of.get(kind)
            if reader is None:
                reader = self._read_of[kind] = self._read.labels(kind)
            reader.observe(sighting.read_s)

    def wrote(self, batch: Written) -> None:
        """One batch has become durable: each line ends one due time and, as a rule, gives the next."""
        self._lines.inc(len(batch.entries))
        self.scheduled.inc(sum(entry.due is not None for entry in batch.entries))
        self._journal_bytes.inc(batch.size)
        self._sync.observe(batch.sync_s)
        self._commit.observe(batch.commit_s)
        self.last_line.set_to_current_time()

    def probed(self, late_s: float) -> None:
        """A probe's request began so long after its due time."""
        self.probe_late.observe(max(0.0, late_s))
        self.latest_probe_s = max(self.latest_probe_s, late_s)

    def canary(self, works: bool, name: str) -> None:
        """A canary, one of the few that the settings name, answered or did not."""
        self._canary.labels(name).set(works)

    def sample_ledger(self, ledger: Ledger, now_ms: int, in_flight: int) -> None:
        """How much is due and how old the oldest is; `ledger` is a connection of the caller's own thread."""
        count, due, oldest = ledger.outstanding(now_ms)
        self.overdue_s = max(0.0, (now_ms - oldest) / 1000) if oldest is not None else 0.0
        self.outstanding = count
        self._outstanding.labels("later").set(count - due)
        flying = min(due, in_flight)  # in flight are also twins, and what was withdrawn meanwhile: they have no due time
        self._outstanding.labels("due").set(due - flying)
        self._outstanding.labels("in_flight").set(flying)
        self.due.set(due)
        self.oldest_due.set(self.overdue_s)
        self._house.sample(ledger.path.parent)
        self.sites.sample(ledger.path, now_ms)

    def sample_freshness(self, ledger: Ledger, now_ms: int, soon_ms: int) -> None:
        """Targets that are fresh, due soon (overdue within `soon_ms`), overdue, or unknown (no date read, or no period)."""
        seen = set()
        for region, category, freshness, count in ledger.freshness(now_ms, now_ms + soon_ms):
            self._freshness.labels(region, category, freshness).set(count)
            seen.add((region, category, freshness))
        for gone in self._fresh - seen:
            self._freshness.remove(*gone)
        self._fresh = seen

    def text(self) -> bytes:
        return generate_latest(self.registry)
