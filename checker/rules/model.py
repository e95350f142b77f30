"""A rule set, as its files say after inheritance: periods, how looks are weighed, and the rules."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

from msgspec import Struct

from checker.moments import Span
from checker.verdict import RuleKind, SubjectKind
from crawler.records import AccountState, Category, Outcome

Measure = Literal[
    "availability",
    "home_silence",
    "stale_columns",
    "blank_columns",
    "late_columns",
    "messages",
    "account_silence",
    "manual",
    "manual_other",
    "month_items",
    "dead_links",
    "silent_site",
    "leads",
    "account_state",
    "repeat",
]
MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)
PeriodKey = Literal["news", "notice", "policy", "personnel", "plan", "other", "account"]
PERIOD_KEYS: Final[tuple[PeriodKey, ...]] = get_args(PeriodKey)


class Threshold(Struct, frozen=True):
    """`>= 5`, `> 5`, `>= 5 %`: from where on a number counts against the subject."""

    operator: Literal[">=", ">"]
    number: float
    percent: bool = False

    def reached(self, numerator: float, denominator: float | None = None) -> bool:
        """Exact: a share is compared crosswise, so that 7 of 140 is 5 %. Nothing is reached of a denominator of 0."""
        if self.percent:
            if not denominator:
                return False
            left, right = numerator * 100, self.number * denominator
        else:
            left, right = numerator, self.number
        return left >= right if self.operator == ">=" else left > right

    def __str__(self) -> str:
        return f"{self.operator} {self.number:g}{' %' if self.percent else ''}"


class Rule(Struct, frozen=True, kw_only=True):
    """One rule. What a measure does not use stays at its default.

    categories      columns of these categories, first_level: and the first-level ones of these (W4a)
    not_counted_by  columns that these rules count are left to them; blank: a blank column counts as silent
    counts, review  outcomes of a probe that mean "cannot be opened", and that a person must look at
    period          its own period instead of [periods]; limit: how long an answer may take
    problems        words of the office's manual findings that belong to this rule
    flags, states   flags of looks, and states of accounts, that are leads for a person
    platforms       accounts of these platforms only; regions, levels: subjects of these only; empty for all
    """

    id: str
    title: str
    kind: RuleKind
    measure: Measure
    subjects: tuple[SubjectKind, ...]
    source: str
    problem: str | None = None
    problems: tuple[str, ...] = ()
    threshold: Threshold | None = None
    warn: int | None = None
    categories: tuple[Category, ...] = ()
    first_level: tuple[Category, ...] = ()
    not_counted_by: tuple[str, ...] = ()
    blank: bool = False
    window: Span | None = None
    period: Span | None = None
    limit: Span | None = None
    visits_per_day: int = 20
    counts: tuple[Outcome, ...] = ()
    review: tuple[Outcome, ...] = ()
    platforms: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    states: tuple[AccountState, ...] = ()


class Local(Struct, frozen=True):
    """Periods for part of a jurisdiction; every condition that is given must hold."""

    periods: Mapping[PeriodKey, Span]
    region: str | None = None
    level: str | None = None
    unit: str | None = None
    subject: str | None = None

    def holds(self, region: str | None, level: str | None, unit: str | None, subject: str) -> bool:
        said = ((self.region, region), (self.level, level), (self.unit, unit), (self.subject, subject))
        return all(wanted is None or wanted == have for wanted, have in said)


class RuleSet(Struct, frozen=True, kw_only=True):
    """A rule file with all it inherits.

    month_days    None: calendar months; else so many days each
    month_items   which month 月更新篇数 counts
    last_within   silence is proved only by a look so shortly before T, last_within_by: of columns of these categories
    coverage      the least share that must be conclusive
    undated       how a column whose pages bear no dates is judged: by what was newly seen there, or as silent
    alarm_columns so many columns and every one silent: one alarm about the site
    """

    name: str
    version: int
    title: str
    source: str
    month_days: int | None
    month_items: Literal["of_T", "before_T"]
    last_within: Span
    last_within_by: Mapping[PeriodKey, Span]
    coverage: float
    undated: Literal["history", "stale"]
    alarm_columns: int
    periods: Mapping[PeriodKey, Span]
    platforms: Mapping[str, Span]
    locals: tuple[Local, ...]
    rules: tuple[Rule, ...]

    @property
    def label(self) -> str:
        """As verdicts name it: `national-2019@1`."""
        return f"{self.name}@{self.version}"

    def rule(self, name: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.id == name), None)
