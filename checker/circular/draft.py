"""A circular on its way: what is gathered step by step, between the parts that decide."""

from dataclasses import dataclass, field

from checker.circular.cells import Entry, Voice
from checker.circular.form import Form
from checker.circular.issue import Issue
from checker.circular.model import Statistic
from checker.circular.standing import Province
from checker.circular.statistics import Counting
from register.inputs import Inputs


@dataclass
class Draft:
    """refused: why it must not be printed; listed: what the annexes name, by sites, sections, accounts, columns."""

    province: Province
    form: Form
    issue: Issue
    inputs: Inputs
    counting: Counting
    voice: Voice
    figures: dict[str, Statistic] = field(default_factory=dict)
    followed: tuple[Entry, ...] = ()
    listed: dict[str, list[Entry]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
