"""The indicators: one pure function per measure, all of one signature, (case, rule) -> Finding."""

from collections.abc import Callable, Mapping
from typing import Final

from checker.indicators.accounts import account_silence
from checker.indicators.availability import availability
from checker.indicators.case import Case, Column
from checker.indicators.columns import blank_columns, late_columns, month_items, stale_columns
from checker.indicators.finding import Finding
from checker.indicators.home import home_silence
from checker.indicators.manual import manual, manual_other, messages
from checker.indicators.reviews import account_state, dead_links, leads, repeat, silent_site
from checker.rules import Measure, Rule

INDICATORS: Final[Mapping[Measure, Callable[[Case, Rule], Finding]]] = {
    "availability": availability,
    "home_silence": home_silence,
    "stale_columns": stale_columns,
    "blank_columns": blank_columns,
    "late_columns": late_columns,
    "messages": messages,
    "account_silence": account_silence,
    "manual": manual,
    "manual_other": manual_other,
    "month_items": month_items,
    "dead_links": dead_links,
    "silent_site": silent_site,
    "leads": leads,
    "account_state": account_state,
    "repeat": repeat,
}

__all__ = ["INDICATORS", "Case", "Column", "Finding"]
