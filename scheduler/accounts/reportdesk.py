"""Operators' reports on their way to the journal: kept, looked at where a link can be opened, one line each.

    accepted ──► kept in the ledger's `meta`, due at once ──► a visit of kind `report` to its link ──► the report's own line
                                                             (no link, or none that shows anything: nobody is asked)

The line is the report's, whatever its link shows: `observed_by` operator_report, outcome ok, and a flag that says what the link
said of it. A report is on the disk before it is accepted; killed in between, the next start goes on with it. The same report
handed in again makes no second line.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from crawler.records import Flag, Reading, Sighting
from crawler.visit import host_of
from register import Subject
from scheduler.accounts.reports import KnownAccounts, Report, compared, sighting_of
from scheduler.accounts.routes import NOBODY, Routes
from scheduler.conclude import Task
from scheduler.ledger import COLUMNS, Ledger
from scheduler.state import decode_state

_PREFIX: Final = "report:"
_FILES: Final = "report_files"


class Kept(msgspec.Struct, frozen=True):
    """The latest report of an account, and when its visit is due: its line bears this due time."""

    report: Report
    due_ms: int


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Kept).decode
_digests = msgspec.json.Decoder(frozenset[str]).decode


class ReportDesk:
    """Lives on the patrol's loop; functions that are given a ledger are done by the writer's thread."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._latest: dict[str, Report] = {}
        self._open: dict[str, Report] = {}
        self.known = KnownAccounts(())

    # ---- what is handed in ----

    def register(self, subjects: Iterable[Subject]) -> None:
        """The accounts that reports may name from now on."""
        self.known = KnownAccounts(subjects)

    def new(self, reports: Sequence[Report]) -> list[Report]:
        """Those of them that were not the account's latest already."""
        return [report for report in reports if self._is_new(report)]

    def _is_new(self, report: Report) -> bool:
        before = self._latest.get(report.account)
        return before is None or before.id != report.id

    def file(self, ledger: Ledger, reports: Sequence[Report], now_ms: int) -> int:
        """Keep new reports and make their visits due; returns how many. In one transaction: all of them or none."""
        accounts = self.known.codes
        connection = ledger.transaction()
        connection.execute("BEGIN IMMEDIATE")
        try:
            for report in reports:
                kept = _encode(Kept(report, now_ms)).decode()
                connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_PREFIX + report.account, kept))
                self._place(ledger, report, accounts.get(report.account), now_ms)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        return len(reports)

    def filed(self, reports: Iterable[Report]) -> None:
        """They are on the disk."""
        for report in reports:
            self._latest[report.account] = self._open[report.id] = report

    def resume(self, ledger: Ledger) -> tuple[list[Report], list[Report]]:
        """(all, open): the latest report of each account, and those without a line yet, whose visits are made due again."""
        rows = ledger.transaction().execute("SELECT value FROM meta WHERE key LIKE ? || '%'", (_PREFIX,)).fetchall()
        kept = [_decode(text) for (text,) in rows]
        unwritten = [row for row in kept if not _is_written(ledger, row)]
        for row in unwritten:
            self._place(ledger, row.report, self.known.codes.get(row.report.account), row.due_ms)
        return [row.report for row in kept], [row.report for row in unwritten]

    def resumed(self, every: Iterable[Report], unwritten: Iterable[Report]) -> None:
        self._latest.update((report.account, report) for report in every)
        self._open.update((report.id, report) for report in unwritten)

    def overtaken(self, account: str) -> bool:
        """Whether a report of the account has no line yet, though one was just written: it came while that was on its way."""
        latest = self._latest.get(account)
        return latest is not None and latest.id in self._open

    # ---- what becomes of it ----

    def weigh(self, task: Task, sighting: Sighting) -> Sighting:
        """The report's own sighting in place of that of its link. A report that is not known any more stays what was seen."""
        report = self._open.pop(task.row, None)
        return sighting if report is None else reported(report, sighting)

    def _place(self, ledger: Ledger, report: Report, account: Subject | None, due_ms: int) -> None:
        """The target of the account's reports, due at `due_ms` at the host of this report's link."""
        connection = ledger.transaction()
        host = self._host(report, account)
        connection.execute("INSERT OR IGNORE INTO hosts(name) VALUES (?)", (host,))
        (number,) = connection.execute("SELECT id FROM hosts WHERE name = ?", (host,)).fetchone()
        connection.execute(
            "INSERT INTO targets(kind, key, host, url, subject, row, paused, generation, category) "
            "VALUES ('report', ?, ?, ?, ?, ?, 0, 0, 'report') ON CONFLICT(kind, key) DO UPDATE SET host = excluded.host, "
            "url = excluded.url, subject = excluded.subject, row = excluded.row",
            (report.account, number, report.link or "", report.account, report.id),
        )
        connection.execute(
            "INSERT INTO states(id, host, due, lane) SELECT id, host, ?, ? FROM targets WHERE kind = 'report' AND key = ? "
            "ON CONFLICT(id) DO UPDATE SET host = excluded.host, due = excluded.due",
            (due_ms, COLUMNS, report.account),
        )

    def _host(self, report: Report, account: Subject | None) -> str:
        if report.link is None:
            return NOBODY
        return self._routes.public_host(account.platform if account else None, report.link, host_of(report.link))


def reported(report: Report, link: Sighting) -> Sighting:
    """A report's sighting with what the look at its link cost and what it said; `link` may be one that asked nobody."""
    told = sighting_of(report, link.at_ms, link.round, link.number)
    if report.link is None:
        return told
    return replace(
        told,
        status=link.status,
        final_url=link.final_url,
        redirects=link.redirects,
        elapsed_s=link.elapsed_s,
        phases=link.phases,
        attempts=link.attempts,
        requests=link.requests,
        address=link.address,
        bytes=link.bytes,
        charset=link.charset,
        tls=link.tls,
        flags=(*told.flags, _said(report, link)),
        account=link.account or told.account,
        read_s=link.read_s,
        lag_s=link.lag_s,
    )


def _said(report: Report, link: Sighting) -> Flag:
    if link.outcome == "ok":
        return compared(report.updated, link.reading or Reading("none"))
    return Flag("link_unseen", f"{link.outcome}/{link.reason}" if link.reason else link.outcome)


def _is_written(ledger: Ledger, kept: Kept) -> bool:
    row = ledger.state_of("report", kept.report.account)
    return row is not None and row[2] is not None and decode_state(row[2]).due_ms >= kept.due_ms


def files_seen(ledger: Ledger) -> frozenset[str]:
    """Digests of the files that were read before."""
    text = ledger.meta(_FILES)
    return _digests(text) if text else frozenset()


def keep_files(ledger: Ledger, seen: frozenset[str]) -> None:
    ledger.transaction().execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_FILES, _encode(seen).decode()))
