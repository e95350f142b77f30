"""One subject as the indicators see it: its targets with what is known of them, the rules, T, and the office's tables."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from checker.facts import Facts, Probes
from checker.indicators.finding import Finding
from checker.moments import Moment, Span, back
from checker.rules.model import PeriodKey, Rule, RuleSet
from checker.verdict import Detail
from register import Subject, Target, account_platform
from register.inputs import Message, MessageFigures


class Column(Struct, frozen=True):
    """A target with what is known of it; `facts` None: it was never looked at."""

    target: Target
    facts: Facts | None

    @property
    def category(self) -> PeriodKey:
        return self.target.category or "other"


class Tables(Struct, frozen=True):
    """What the office handed in about this subject. `handed_in`: the kinds of tables there are at all."""

    handed_in: frozenset[str] = frozenset()
    messages: tuple[Message, ...] = ()
    figures: tuple[MessageFigures, ...] = ()


class Case(Struct, kw_only=True):
    """One subject at T. `judged`: findings of the rules that came before, by rule; `notices`: times named before."""

    moment: Moment
    rules: RuleSet
    subject: Subject
    month: str
    columns: tuple[Column, ...] = ()
    home: Column | None = None
    accounts: tuple[Column, ...] = ()
    probes: Probes | None = None
    tables: Tables = Tables()
    judged: dict[str, Finding] = msgspec.field(default_factory=dict)
    notices: tuple[str, ...] = ()
    known: dict[str, Any] = msgspec.field(default_factory=dict)
    """What was found of a target before, by its key: several rules ask for the same columns."""

    def period(self, key: PeriodKey, target: Target | None = None) -> Span | None:
        """The period of a category or of accounts for this subject: local, then by platform, then in general."""
        subject = self.subject
        unit = (target.unit if target else None) or subject.unit
        for local in self.rules.locals:
            if key in local.periods and local.holds(subject.region, subject.level, unit, subject.code):
                return local.periods[key]
        if key == "account":
            span = of_platform(self.rules.platforms, subject.platform)
            if span is not None:
                return span
        return self.rules.periods.get(key)

    def cutoff(self, span: Span) -> date:
        """The last day that is in time."""
        return back(self.moment.day, span, self.rules.month_days)

    def silence_since(self, key: PeriodKey | None = None) -> str:
        """The stamp from which on a look is recent enough to prove silence at T, of a column of that category."""
        span = self.rules.last_within_by.get(key, self.rules.last_within) if key else self.rules.last_within
        days = (self.moment.day - back(self.moment.day, span, self.rules.month_days)).days
        return self.moment.before(days)


def of_platform(spans: Mapping[str, Span], printed: str | None) -> Span | None:
    """The span of a platform, however its name is spelt."""
    if printed is None or not spans:
        return None
    known = account_platform(printed) or printed
    return next((span for name, span in spans.items() if (account_platform(name) or name) == known), None)


def detail_of(column: Column, case: Case, **more: object) -> Detail:
    """The detail line of a target, with its items of the month."""
    facts, target = column.facts, column.target
    base: dict[str, object] = {
        "target": target.key,
        "url": target.url,
        "name": target.name,
        "unit": target.unit or case.subject.unit,
        "category": target.category,
    }
    if facts is not None and target.kind == "column":
        base |= {"month_items": facts.month_items, "month_items_exact": whole_month(facts, case)}
    return msgspec.convert(base | more, Detail)


def whole_month(facts: Facts, case: Case) -> bool:
    """Whether every item of the month was seen: the page reached back before it, and was read at its end (or just before T)."""
    if not facts.whole_month or facts.read_at is None:
        return False
    return facts.read_at[:7] > case.month or facts.read_at >= case.silence_since()


def applies(rule: Rule, subject: Subject) -> bool:
    """Whether a rule is meant for this subject."""
    if subject.kind not in rule.subjects:
        return False
    if rule.platforms:
        have = account_platform(subject.platform or "") or subject.platform
        if have not in {account_platform(name) or name for name in rule.platforms}:
            return False
    return (not rule.regions or subject.region in rule.regions) and (not rule.levels or subject.level in rule.levels)
