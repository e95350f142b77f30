"""What an indicator says of one subject: a verdict without its circumstances."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from checker.facts import MOST_IDS
from checker.verdict import Coverage, DecidedBy, Detail, Result

MOST_DETAILS: Final = 500
PASS_IDS: Final = 20
"""Evidence ids listed of a pass; a failure lists up to MOST_IDS."""


class Finding(Struct, frozen=True, kw_only=True):
    """As in Verdict. `counted`: keys of the targets that counted, for rules that leave them to this one; `first_detected` and
    `mended` only where a person's finding names the days.
    """

    result: Result
    numerator: int | float | None = None
    denominator: int | float | None = None
    window: tuple[str, str] | None = None
    coverage: Coverage | None = None
    evidence: tuple[str, ...] = ()
    detail: tuple[Detail, ...] = ()
    confidence: float = 1.0
    reason: str | None = None
    decided_by: DecidedBy = "observation"
    counted: frozenset[str] = frozenset()
    first_detected: str | None = None
    mended: str | None = None


def ids(found: Iterable[str | None], most: int = MOST_IDS) -> tuple[str, ...]:
    """The first `most` ids, each once."""
    kept = dict.fromkeys(one for one in found if one)
    return tuple(kept)[:most]
