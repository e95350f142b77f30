"""What is kept of each target while a journal is read: bounded, whatever its length."""

from typing import Final, Literal

import msgspec
from msgspec import Raw, Struct

FactKind = Literal["home", "column", "account"]
"""A report is a look at its account; a probe is counted in Probes."""
LEADS: Final = ("hidden_links", "spam_words", "parked_text", "backdated", "burst", "identity_mismatch")
"""Flags that a person should see; kept per target with their latest evidence."""
MOST_IDS: Final = 200
"""Evidence ids kept of one target."""


class Look(Struct, gc=False):
    """One look that read something. `at` and `newest` as in the observation; `state` likewise."""

    at: str
    id: str
    state: str
    newest: str | None
    source: str | None
    text: str | None
    observed_by: str


class Facts(Struct, gc=False):
    """All that is known of one target at T.

    first_at      the first look that read something
    last          the latest look that shows all there is: it may prove an update and its absence
    lower         the latest look that shows a part (a partial page, one article), or an earlier one of another observer with a
                  later date: it proves updates only
    tried_at      the latest look of any outcome, and its outcome and reason
    read_at       the latest look that read anything
    new_at        the latest look, not the first, that brought items not seen before; `new_undated`: without a date of their own
    gone_since    since when every conclusive look found nothing at the address (404, 410, soft 404), over `gone_looks` looks
    marks         flags for a person to see: name → stamp, id and evidence of the latest look that bore it
    month         hashes of the distinct items dated in the month; `whole_month`: the page reached back before it, without a gap
    subject, column  the parts of the observation that the target was first seen with, as JSON
    """

    kind: FactKind
    key: str
    subject: Raw
    column: Raw
    url: str
    looks: int = 0
    first_at: str | None = None
    last: Look | None = None
    lower: Look | None = None
    tried_at: str = ""
    tried_outcome: str = ""
    tried_reason: str | None = None
    tried_id: str = ""
    read_at: str | None = None
    new_at: str | None = None
    gone_since: str | None = None
    gone_looks: int = 0
    gone_id: str = ""
    month: set[int] | None = None
    whole_month: bool = False
    account_state: str | None = None
    marks: dict[str, tuple[str, str, str]] | None = None

    @property
    def month_items(self) -> int:
        return len(self.month) if self.month else 0


class Probes(Struct, gc=False):
    """The probes of one site within a window before T.

    days    per 24 hours back from T: [opened, failed, for review, not conclusive]
    failed  ids of failed probes, then those for review, at most MOST_IDS of each
    """

    key: str
    subject: Raw
    url: str
    days: dict[int, list[int]] = msgspec.field(default_factory=dict)
    failed: list[str] = msgspec.field(default_factory=list)
    review: list[str] = msgspec.field(default_factory=list)
    last_at: str = ""
    first_at: str = ""
    outcomes: dict[str, int] = msgspec.field(default_factory=dict)
