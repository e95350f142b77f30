"""What may stand in a rule file, as tables: key → how its value is read. A reader raises ValueError with what to write."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, get_args

from checker.facts import LEADS
from checker.moments import Span, read_span
from checker.rules.model import MEASURES, PERIOD_KEYS, Threshold
from checker.verdict import RuleKind, SubjectKind
from crawler.records import AccountState, Category, Outcome

Read = Callable[[Any], Any]
_THRESHOLD: Final = re.compile(r"(>=|>|≥)\s*(\d+(?:\.\d+)?)\s*([%％]?)")


def text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("write a text in quotes")
    return value


def whole(least: int, most: int) -> Read:
    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"write a whole number from {least} to {most}")
        return value

    return read


def share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 1:
        raise ValueError("write a share above 0, at most 1, such as 0.9")
    return float(value)


def truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("write true or false")  # noqa: TRY004
    return value


def span(value: Any) -> Span:
    if isinstance(value, str):
        try:
            return read_span(value)
        except ValueError:
            pass
    raise ValueError('write a span such as "14 days", "6 months" or "1 year"')


def threshold(value: Any) -> Threshold:
    match = _THRESHOLD.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        raise ValueError('write an operator and a number, such as ">= 5", "> 5" or ">= 5 %"')
    return Threshold(">" if match[1] == ">" else ">=", float(match[2]), bool(match[3]))


def one_of(*words: str) -> Read:
    def read(value: Any) -> str:
        if value not in words:
            raise ValueError(f"write one of {' '.join(words)}")
        return str(value)

    return read


def some_of(*words: str) -> Read:
    def read(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ValueError(f"write a list of {' '.join(words)}")
        strange = [one for one in value if one not in words]
        if strange:
            raise ValueError(f"{strange[0]!r} is not known here: write some of {' '.join(words)}")
        return tuple(value)

    return read


def texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise ValueError('write a list of texts, such as ["甲", "乙"]')
    return tuple(value)


def month_length(value: Any) -> int | None:
    if value == "calendar":
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 28 <= value <= 31:
        return value
    raise ValueError('write "calendar", or the days of a month from 28 to 31')


_categories: Final = some_of(*get_args(Category))
_outcomes: Final = some_of(*(one for one in get_args(Outcome) if one not in ("ok", "inconclusive", "internal")))

HEAD: Final[Mapping[str, Read]] = {
    "name": text,
    "version": whole(1, 10**9),
    "title": text,
    "source": text,
    "inherits": text,
    "drop": texts,
}
CALENDAR: Final[Mapping[str, Read]] = {"months": month_length, "month_items": one_of("of_T", "before_T")}
LOOKS: Final[Mapping[str, Read]] = {
    "last_within": span,
    "coverage": share,
    "undated": one_of("history", "stale"),
    "alarm_columns": whole(2, 10**6),
}
PERIODS: Final[Mapping[str, Read]] = dict.fromkeys(PERIOD_KEYS, span)
LOCAL: Final[Mapping[str, Read]] = {"region": text, "level": text, "unit": text, "subject": text, **PERIODS}
RULE: Final[Mapping[str, Read]] = {
    "title": text,
    "kind": one_of(*get_args(RuleKind)),
    "measure": one_of(*MEASURES),
    "subjects": some_of(*get_args(SubjectKind)),
    "source": text,
    "problem": text,
    "problems": texts,
    "threshold": threshold,
    "warn": whole(1, 10**6),
    "categories": _categories,
    "first_level": _categories,
    "not_counted_by": texts,
    "blank": truth,
    "window": span,
    "period": span,
    "limit": span,
    "visits_per_day": whole(1, 5760),
    "counts": _outcomes,
    "review": _outcomes,
    "platforms": texts,
    "regions": texts,
    "levels": texts,
    "flags": some_of(*LEADS),
    "states": some_of(*get_args(AccountState)),
}
NEEDS: Final = ("title", "kind", "measure", "subjects", "source")
"""Every rule."""
MEASURE_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "availability": ("window", "threshold", "counts"),
    "home_silence": ("period",),
    "stale_columns": ("threshold",),
    "blank_columns": ("threshold",),
    "late_columns": ("threshold", "categories"),
    "messages": ("window", "limit", "threshold"),
    "leads": ("window", "flags"),
    "account_state": ("states",),
    "dead_links": ("window", "threshold"),
    "repeat": ("window", "threshold"),
}
