"""What an answer amounts to: its outcome, reason and reading. Pure.

Answer + Look ──► read where there is something to read ──► is it the page that was asked for? ──► Judgement
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from crawler.accounts.platforms import platform_of
from crawler.accounts.reader import read_account
from crawler.accounts.states import status_sign
from crawler.fetch.exchange import Answer
from crawler.fetch.signatures import classify
from crawler.further import Quest
from crawler.read import Page, read
from crawler.read.adapters import read_embedded
from crawler.read.charset import decode
from crawler.read.document import Document
from crawler.read.lists import NO_YEAR
from crawler.read.page import PageKind
from crawler.read.tampering import read_tampering, worth_a_look
from crawler.read.wants import NO_PLAN, Plan, plan_of
from crawler.records import NOTHING, Account, Flag, Item, ObservedBy, Outcome, Reading, Rules

CONTENT: Final = frozenset({"list", "article", "feed", "blank", "undated"})
"""Readings that say what a page shows. With one of them, weak signatures of a challenge prove nothing."""


_OF_ACCOUNTS: Final = frozenset({"account", "report"})
"""Kinds of visits to new-media pages: an account's own, and the link of an operator's report."""


class Look(NamedTuple):
    """What was asked for: the register's URL, what kind of page it is, the row's rules, and when (Beijing time).

    platform  an account's type as the register prints it; without it the address tells the platform
    """

    url: str
    kind: PageKind
    now: datetime
    rules: Rules | None = None
    platform: str | None = None


class Judgement(NamedTuple):
    """`plan`: the further requests that may tell what this page alone did not (only of a column that bears no date)."""

    outcome: Outcome
    reason: str | None = None
    reading: Reading = NOTHING
    items: tuple[Item, ...] = ()
    flags: tuple[Flag, ...] = ()
    charset: str | None = None
    account: Account | None = None
    plan: Plan = NO_PLAN
    observed_by: ObservedBy = "public_http"


def judge(answer: Answer, look: Look) -> Judgement:
    """Judge one answer that is not followed any further."""
    if answer.outcome != "ok":
        return _cut_short(answer, look)
    status = answer.status or 0
    if not 200 <= status < 300:
        text, charset, _ = decode(answer.body, answer.content_type)
        refused = _refused(status, answer.url, look)
        outcome, reason = refused or classify(status, answer.headers or {}, text, None, False) or ("http_error", "other_status")
        account = Account("unknown") if look.kind in _OF_ACCOUNTS else None
        return Judgement(outcome, reason, charset=charset if answer.body else None, account=account)
    if look.kind in _OF_ACCOUNTS:
        return _account(answer, look)
    found = read(_page(answer, look))
    content = found.reading.state in CONTENT
    spoken_against = classify(status, answer.headers or {}, found.text, found.title, content)
    if spoken_against:
        return Judgement(*spoken_against, charset=found.charset, flags=found.flags)
    flags = found.flags + _flags(answer, look)
    if worth_a_look(found.text, answer.body):
        flags += read_tampering(Document(found.text, answer.url, look.now))
    judged = Judgement("ok", None, found.reading, found.items, flags, found.charset)
    yearless = look.kind == "home" and any(flag.name == NO_YEAR for flag in found.flags)
    if found.reading.newest is not None or not (look.kind == "column" or yearless):
        return judged
    embedded = read_embedded(Document(found.text, answer.url, look.now))
    if embedded is not None:
        return judged._replace(reading=embedded[0], items=embedded[1], flags=judged.flags + embedded[2])
    judged = judged._replace(plan=plan_of(found, answer.url, look.url, look.now))
    return judged if judged.plan.wants else concluded(judged, quest_of(judged, answer, look))


def quest_of(judged: Judgement, answer: Answer, look: Look) -> Quest:
    """The further requests of a page that was judged."""
    return Quest(judged.plan, judged.reading, judged.items, answer.url, look.now, not answer.partial)


def concluded(judged: Judgement, quest: Quest) -> Judgement:
    """The page's judgement with what its further requests proved."""
    outcome = quest.result()
    if outcome.reading is not None and not _year_is_proved(judged, outcome.reading, quest.now):
        return judged
    reading, flags = outcome.reading or judged.reading, tuple(dict.fromkeys(judged.flags + outcome.flags))
    return judged._replace(reading=reading, items=outcome.items, flags=flags)


def _year_is_proved(judged: Judgement, reading: Reading, now: datetime) -> bool:
    """Rows of month and day alone were followed latest first, as if of the last twelve months: only then that order holds."""
    if not any(flag.name == NO_YEAR for flag in judged.flags) or reading.newest is None:
        return True
    return reading.newest[:10] > (now - timedelta(days=365)).date().isoformat()


def _page(answer: Answer, look: Look) -> Page:
    return Page(answer.body, answer.url, look.now, look.kind, answer.content_type, look.rules, answer.partial)


def _refused(status: int, url: str, look: Look) -> tuple[Outcome, str] | None:
    """What a platform says by a status that means nothing of the kind elsewhere."""
    if look.kind not in _OF_ACCOUNTS:
        return None
    sign = status_sign(status, platform_of(url, look.platform).family)
    return (sign.outcome, sign.name) if sign is not None and sign.outcome is not None else None


def _account(answer: Answer, look: Look) -> Judgement:
    found = read_account(_page(answer, look), look.platform)
    outcome, reason = found.outcome, found.reason
    if outcome is None:
        content = found.reading.state in CONTENT or found.account_state not in ("alive", "unknown")
        outcome, reason = classify(answer.status or 0, answer.headers or {}, found.text, found.title, content) or ("ok", None)
    account = Account(found.account_state)
    if outcome != "ok":
        told = Judgement(outcome, reason, flags=found.flags, charset=found.charset, account=account)
    else:
        told = Judgement("ok", None, found.reading, found.items, found.flags, found.charset, account)
    return told._replace(observed_by=found.observed_by)


def _cut_short(answer: Answer, look: Look) -> Judgement:
    """A page that did not arrive whole may prove an update, never its absence: what it shows is kept only if dated."""
    assert answer.outcome != "ok"
    if answer.body and 200 <= (answer.status or 0) < 300 and look.kind not in _OF_ACCOUNTS:
        found = read(_page(answer._replace(partial=True), look))
        if found.reading.newest:
            return Judgement(answer.outcome, answer.reason, found.reading, found.items, found.flags, found.charset)
    return Judgement(answer.outcome, answer.reason)


def _flags(answer: Answer, look: Look) -> tuple[Flag, ...]:
    flags: list[Flag] = []
    if answer.other_scheme:
        flags.append(Flag("other_scheme", answer.url.partition(":")[0]))
    if answer.tls and not answer.tls.verified:
        flags.append(Flag("certificate", answer.tls.reason or ""))
    asked, got = urlsplit(look.url).hostname or "", urlsplit(answer.url).hostname or ""
    if asked != got and _family(asked) != _family(got):
        flags.append(Flag("foreign_host", got[:200]))
    return tuple(flags)


def _family(host: str) -> str:
    """The part of a host name that its owner shares: `qingxi.gov.cn` of `www.qingxi.gov.cn`."""
    labels = host.split(".")
    keep = 3 if len(labels) > 2 and labels[-1] == "cn" and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-keep:])


_SECOND_LEVEL: Final = frozenset({"gov", "com", "net", "org", "edu", "ac", "mil"})
