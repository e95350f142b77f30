"""Reports by which a unit or another system states an account's last update, with a link: rows in, records out. Pure.

    table or JSON ──► Statement (text as written) ──► Report (checked) + problems with their place

A report is somebody's word: it becomes an observation of its own kind with `observed_by: operator_report`, never mixed with
what was seen. Platforms without public view (视频号, 小程序) can be judged by nothing else (newmedia.md §2).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from msgspec import Struct

from crawler.read.entries import tell_time
from crawler.records import BEIJING, Account, Flag, Precision, Reading, Sighting, clean_text, stamp
from register import Subject, account_platform
from register.cells import fold
from register.problems import Problems
from register.vocabulary import is_blank, nearest

AHEAD_MS: Final = 5 * 60_000
"""Clocks differ by minutes; what lies further ahead is no report of the past (newmedia.md §4)."""

_DAY_LENGTH: Final = len("2026-11-20")
Where = tuple[str, str | None, int]


class Statement(NamedTuple):
    """One row as written; empty where nothing stands. `where`: file, sheet, line."""

    where: Where
    code: str = ""
    name: str = ""
    platform: str = ""
    updated: str = ""
    link: str = ""
    reporter: str = ""
    reported: str = ""


class Report(Struct, frozen=True):
    """One accepted report.

    id        32 hexadecimal digits over what it says: the same report handed in twice is one
    account   the code of the register
    updated   as records.Reading.newest: `2026-11-20` or an instant with +08:00; text: as it was written
    reported_ms  when it was reported, never after it was read
    source    where it stood: `reports.csv line 3`
    """

    id: str
    account: str
    updated: str
    precision: Precision
    text: str
    link: str | None
    reporter: str | None
    reported_ms: int
    source: str


class KnownAccounts:
    """The register's accounts, found by code, or by platform and name however they are spelt."""

    def __init__(self, subjects: Iterable[Subject]) -> None:
        self.codes: dict[str, Subject] = {}
        self._names: dict[tuple[str, str], list[str]] = {}
        for subject in subjects:
            if subject.kind == "account":
                self.codes[subject.code] = subject
                for platform in {_platform(subject.platform or ""), ""}:
                    self._names.setdefault((platform, fold(subject.name)), []).append(subject.code)

    def named(self, platform: str, name: str) -> list[str]:
        """The codes of the accounts of that name; `platform` empty: on any platform."""
        return self._names.get((_platform(platform), fold(name)), [])

    def near(self, name: str) -> str | None:
        close = nearest(fold(name), [known for platform, known in self._names if not platform], 0.75)
        codes = self._names.get(("", close), []) if close else []
        return self.codes[codes[0]].name if codes else None


def _platform(printed: str) -> str:
    return account_platform(printed) or fold(printed)


def accept(statements: Iterable[Statement], known: KnownAccounts, now_ms: int, problems: Problems) -> list[Report]:
    """The reports that hold, one per account: the one reported last, of these the one with the latest update.

    Every other row stands in `problems` with its place. Nothing is raised.
    """
    kept: dict[str, Report] = {}
    for statement in statements:
        report = _report(statement, known, now_ms, problems)
        if report is None:
            continue
        other = kept.get(report.account)
        if other is not None:
            winner = max(other, report, key=lambda each: (each.reported_ms, each.updated))
            same = other.id == report.id
            reason = "the same report again" if same else f"two reports of one account: the one of {winner.source} counts"
            problems.add(statement.where, "账号标识", report.account, "note", reason)
            report = winner
        kept[report.account] = report
    return list(kept.values())


def _report(row: Statement, known: KnownAccounts, now_ms: int, problems: Problems) -> Report | None:
    account = _account(row, known, problems)
    when = _updated(row, now_ms, problems) if account else None
    if account is None or when is None:
        return None
    value, precision = when
    link = _link(row, problems)
    reporter = None if is_blank(row.reporter) else clean_text(row.reporter, 80)
    parts = (account, value, link or "", reporter or "")
    digest = blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()
    file, sheet, line = row.where
    source = clean_text(file + (f" [{sheet}]" if sheet else "") + (f" line {line}" if line else ""))
    reported = _reported(row, now_ms, problems)
    return Report(digest, account, value, precision, clean_text(row.updated, 80), link, reporter, reported, source)


def _account(row: Statement, known: KnownAccounts, problems: Problems) -> str | None:
    if not is_blank(row.code):
        subject = known.codes.get(row.code)
        if subject is None:
            mend = "write the code of the register, or leave it out and write 类型 and 账号名称"
            problems.add(row.where, "账号标识", row.code, "bad", "no account of the register has this code", mend)
            return None
        if not is_blank(row.name) and fold(row.name) != fold(subject.name):
            reason = f"the register calls this account {subject.name}"
            problems.add(row.where, "账号名称", row.name, "note", reason, "correct the register if it was renamed")
        return row.code
    if is_blank(row.name):
        problems.add(row.where, "账号标识", "", "bad", "missing", "write 账号标识, or 类型 and 账号名称")
        return None
    codes = known.named("" if is_blank(row.platform) else row.platform, row.name)
    if len(codes) == 1:
        return codes[0]
    if codes:
        reason, mend = f"{len(codes)} accounts of the register have this name", "write 账号标识"
    else:
        near = known.near(row.name) if problems.may_guess() else None
        reason = "no account of the register has this name on this platform"
        mend = f"write {near} if that is meant, or add the account to the register" if near else "add it to the register"
    problems.add(row.where, "账号名称", row.name, "bad", reason, mend)
    return None


def _updated(row: Statement, now_ms: int, problems: Problems) -> tuple[str, Precision] | None:
    now = datetime.fromtimestamp(now_ms / 1000, BEIJING)
    when = tell_time(row.updated, now)
    bad = None
    if is_blank(row.updated):
        bad = "missing"
    elif when.future:
        bad = "lies in the future"
    elif when.found is None or when.found.relative:
        bad = "no date that can be read"
    elif _ahead(when.found.value, now):
        bad = "lies in the future"
    if bad is None and when.found is not None:
        return when.found.value, when.found.precision
    problems.add(row.where, "最近更新时间", row.updated, "bad", bad or "", "write it as 2026-11-20 or 2026-11-20 09:30")
    return None


def _ahead(value: str, now: datetime) -> bool:
    if len(value) > 10:
        return datetime.fromisoformat(value) > now + timedelta(milliseconds=AHEAD_MS)
    return value > (now + timedelta(milliseconds=AHEAD_MS)).date().isoformat()


def _link(row: Statement, problems: Problems) -> str | None:
    if is_blank(row.link):
        return None
    try:
        parts = urlsplit(row.link)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and len(row.link) <= 2_000 and row.link.isprintable()
        sound = sound and " " not in row.link and parts.username is None and parts.port != 0
    except ValueError:
        sound = False
    if sound:
        return row.link
    problems.add(row.where, "链接", row.link, "mended", "no web address: the report stands without it", "write http(s)://…")
    return None


def _reported(row: Statement, now_ms: int, problems: Problems) -> int:
    if is_blank(row.reported):
        return now_ms
    found = tell_time(row.reported, datetime.fromtimestamp(now_ms / 1000, BEIJING)).found
    if found is None or found.relative:
        problems.add(row.where, "填报时间", row.reported, "mended", "no time that can be read: taken as reported now")
        return now_ms
    moment = datetime.fromisoformat(found.value)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)
    return min(round(moment.timestamp() * 1000), now_ms)


def sighting_of(report: Report, now_ms: int, round: int = 0, number: int = 0) -> Sighting:
    """A report as a sighting: reading `article` from `meta`, nothing asked, `observed_by` operator_report.

    Flags: `reported` with its time, `reporter`, and `no_link` where there is nothing to check it by.
    """
    flags = [Flag("reported", stamp(report.reported_ms))]
    if report.reporter:
        flags.append(Flag("reporter", report.reporter))
    if report.link is None:
        flags.append(Flag("no_link"))
    return Sighting(
        round=round,
        number=number,
        at_ms=now_ms,
        outcome="ok",
        attempts=0,
        requests=0,
        reading=Reading(
            "article",
            newest=report.updated,
            precision=report.precision,
            source="meta",
            text=report.text,
            item_url=report.link,
            items=1,
            dated=1,
            oldest=report.updated,
        ),
        flags=tuple(flags),
        account=Account("unknown"),
        observed_by="operator_report",
    )


def compared(updated: str, seen: Reading) -> Flag:
    """What the page behind a report's link says of the report: the flag of the look that opened it.

    link_confirms     a post of that day, or of a later one
    link_contradicts  its post is older than what was reported
    link_silent       no time can be read there
    """
    if seen.newest is None or len(seen.newest) < _DAY_LENGTH:
        return Flag("link_silent", seen.state)
    said = f"{seen.newest[:_DAY_LENGTH]}, reported {updated[:_DAY_LENGTH]}"
    return Flag("link_confirms" if seen.newest[:_DAY_LENGTH] >= updated[:_DAY_LENGTH] else "link_contradicts", said)


def statement_of(fields: Mapping[str, str], where: Where) -> Statement:
    """The row of a table or of JSON, by the names of the form's fields."""
    return Statement(where, **{name: fields.get(name, "") for name in Statement._fields[1:]})
