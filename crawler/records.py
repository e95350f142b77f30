"""What travels between the rooms, and its closed vocabularies. Imports no network library.

    Round ──► crawler ──► Sighting | Handover, then RoundEnd ──► scheduler ──► Observation ──► journal

Instants inside the program are integers: milliseconds since the Unix epoch (`…_ms`). In an Observation they are text in
Beijing time, `2026-11-22T09:15:02.113+08:00`. Dates that were read from pages are text as long as their precision:
`2026-11`, `2026-11-20`, `2026-11-20T09:15:00+08:00`; so two readings compare by their common prefix.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from hashlib import blake2b
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

VERSION: Final = 1
"""The `v` of an observation. New fields, flags and reasons keep it; a new outcome or a changed meaning is v2."""

BEIJING: Final = timezone(timedelta(hours=8))
"""Every stamp of a Chinese government page is Beijing time without saying so (questions.md §5)."""

Kind = Literal["home", "probe", "column", "account", "report"]
Outcome = Literal[
    "ok",
    "challenged",
    "blocked",
    "soft_404",
    "http_error",
    "redirected",
    "timeout",
    "dns",
    "connect",
    "tls",
    "malformed",
    "too_large",
    "parked",
    "not_observable",
    "inconclusive",
    "internal",
]
State = Literal["list", "article", "feed", "blank", "undated", "dynamic", "unknown", "none"]
Precision = Literal["month", "day", "minute", "second"]
Source = Literal["row", "url", "article", "meta", "feed", "api", "script"]
AccountState = Literal[
    "alive",
    "item_deleted",
    "item_blocked",
    "item_private",
    "link_expired",
    "cancelled",
    "blocked",
    "migrating",
    "migrated",
    "unknown",
]
ObservedBy = Literal["public_http", "bridge_feed", "operator_report"]
Category = Literal["news", "notice", "policy", "personnel", "plan", "other"]
SubjectKind = Literal["site", "section", "account"]


class Reading(Struct, frozen=True, omit_defaults=False):
    """What a page says of its last update. `newest` is None wherever nothing was proved.

    items   rows that are the column's own, dated or not
    dated   those of them that bear a valid date
    source  where `newest` was taken from; `text` is its raw writing, at most 200 characters
    """

    state: State
    newest: str | None = None
    precision: Precision | None = None
    source: Source | None = None
    text: str | None = None
    title: str | None = None
    item_url: str | None = None
    items: int = 0
    dated: int = 0
    oldest: str | None = None


NOTHING: Final = Reading("none")


class Item(Struct, frozen=True):
    """One row of a list: an article's title, absolute URL and date at its precision."""

    title: str
    url: str | None
    date: str | None


class NewItem(Struct, frozen=True):
    title: str
    url: str | None
    date: str | None
    first_seen: str


class Flag(Struct, frozen=True):
    """Something a checker or a person should know, with its evidence (at most 200 characters). Never a verdict."""

    name: str
    evidence: str = ""


class Phases(Struct, frozen=True):
    """Seconds spent per phase of the last request; 0.0 where the phase was not needed (a reused connection)."""

    dns: float = 0.0
    connect: float = 0.0
    tls: float = 0.0
    first_byte: float = 0.0
    body: float = 0.0


class Tls(Struct, frozen=True):
    """verified: the certificate holds. reason: why not (expired, self_signed, wrong_host, no_issuer, weak_key, …)."""

    verified: bool
    reason: str | None = None


class Account(Struct, frozen=True):
    state: AccountState


class Rules(Struct, frozen=True, omit_defaults=True):
    """What a register row says about how its page is to be read; each overrides what the reader would find.

    selector   CSS, or XPath when it begins with "/" or "(": the rows of the list
    json_path  dotted path to the array of items in a JSON answer, such as `data.list`
    charset    the page's charset, whatever it declares
    """

    selector: str | None = None
    json_path: str | None = None
    charset: str | None = None


class Memory(Struct, frozen=True, omit_defaults=True):
    """What a visit may be compared with. Only given where the reader version and the register row are the same."""

    digest: str | None = None
    etag: str | None = None
    last_modified: str | None = None


class Progress(Struct, frozen=True, omit_defaults=True):
    """How far a visit had come when it had to leave its host: the state a Handover carries."""

    at_ms: int
    hops: int = 0
    requests: int = 0
    attempts: int = 1
    elapsed_s: float = 0.0


class Visit(Struct, frozen=True, array_like=True):
    """One look at one target, due at one time.

    number        the visit's number within its round
    next_url      where a handed-over visit goes on; `url` stays the register's
    platform      an account's type as the register prints it
    """

    number: int
    kind: Kind
    target: str
    url: str
    due_ms: int
    rules: Rules | None = None
    memory: Memory | None = None
    next_url: str | None = None
    progress: Progress | None = None
    platform: str | None = None


class Gap(Struct, frozen=True):
    """Pause from the end of one request to the start of the next: clamp(factor × last response time, least, most) s."""

    factor: float = 5.0
    least_s: float = 1.0
    most_s: float = 15.0

    def after(self, response_s: float) -> float:
        return min(max(self.factor * response_s, self.least_s), self.most_s)


class Round(Struct, frozen=True, array_like=True, tag=True):
    """The visits to one host that one crawler makes in a burst, one request at a time.

    No request starts later than `deadline_s` after the round's start; what is left then goes back in RoundEnd.

    slots         seconds after the round's start, ascending: the platform's ceiling lets one request start at each of them,
                  at most `slot_slack_s` late; a visit that finds none is left. Empty: the host has no platform.
    """

    number: int
    host: str
    visits: tuple[Visit, ...]
    gap: Gap = Gap()
    deadline_s: float = 60.0
    slots: tuple[float, ...] = ()
    slot_slack_s: float = 0.1


class Sighting(Struct, frozen=True, array_like=True, tag=True):
    """What the crawler brings back from one visit. `reading` is None exactly when `unchanged`."""

    round: int
    number: int
    at_ms: int
    outcome: Outcome
    reason: str | None = None
    status: int | None = None
    final_url: str | None = None
    redirects: int = 0
    elapsed_s: float = 0.0
    phases: Phases = Phases()
    attempts: int = 1
    requests: int = 1
    address: str | None = None
    bytes: int = 0
    partial: bool = False
    charset: str | None = None
    digest: str | None = None
    unchanged: bool = False
    tls: Tls | None = None
    reading: Reading | None = NOTHING
    items: tuple[Item, ...] = ()
    flags: tuple[Flag, ...] = ()
    account: Account | None = None
    etag: str | None = None
    last_modified: str | None = None
    retry_after_s: float | None = None
    read_s: float = 0.0
    observed_by: ObservedBy = "public_http"
    lag_s: float = 0.0  # how late the crawler's own loop ran its timers, at worst while the visit was made


class Handover(Struct, frozen=True, array_like=True, tag=True):
    """A visit that must go on at another host: the crawler does not ask it, the scheduler queues it there."""

    round: int
    number: int
    url: str
    progress: Progress


class RoundEnd(Struct, frozen=True, array_like=True, tag=True):
    """The last message of a round. `left`: visits that were not made, because the deadline or a stop came first.

    response_s    the last response time, for the host's next gap
    retry_after_s the host asked to be left alone for so long (Retry-After, 429, 503)
    slots_used    how many of the round's slots are used up or past; the rest is free for others
    """

    round: int
    left: tuple[int, ...] = ()
    response_s: float = 0.0
    retry_after_s: float = 0.0
    slots_used: int = 0


class SubjectPart(Struct, frozen=True):
    """The subject as an observation carries it."""

    code: str
    kind: SubjectKind
    name: str
    unit: str | None = None
    short: str | None = None
    region: str | None = None
    level: str | None = None
    platform: str | None = None
    parent: str | None = None


class ColumnPart(Struct, frozen=True):
    """The column as an observation carries it."""

    name: str
    category: Category
    first_level: bool | None = None
    unit: str | None = None


class Observation(Struct, frozen=True):
    """One line of the journal: the contract with everybody downstream (README, "The record")."""

    v: int
    id: str
    seq: int
    at: str
    due: str
    kind: Kind
    target: str
    url: str
    final_url: str | None
    redirects: int
    subject: SubjectPart
    column: ColumnPart | None
    outcome: Outcome
    reason: str | None
    status: int | None
    elapsed_s: float
    phases: Phases
    attempts: int
    requests: int
    address: str | None
    bytes: int
    partial: bool
    charset: str | None
    digest: str | None
    unchanged: bool
    tls: Tls | None
    reading: Reading
    account: Account | None
    first_look: bool
    new_items: tuple[NewItem, ...]
    flags: tuple[Flag, ...]
    register: str
    reader: int
    vantage: str
    observed_by: ObservedBy
    version: str


_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


def clean_text(text: str, limit: int = 200) -> str:
    """`text` fit for one JSON line and for a terminal: no control characters, no lone surrogates, at most `limit`."""
    head = text[: 4 * limit]
    return " ".join(_UNPRINTABLE.sub(" ", head).split())[:limit].rstrip()


def observation_id(kind: Kind, target: str, due_ms: int, vantage: str, observed_by: ObservedBy) -> str:
    """128 bits that name one due visit: a retry keeps it, tomorrow's visit has another. 32 hexadecimal digits."""
    text = "\x1f".join((kind, target, str(due_ms), vantage, observed_by))
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def stamp(ms: int) -> str:
    """An instant as observations write it: `2026-11-22T09:15:02.113+08:00`."""
    return datetime.fromtimestamp(ms / 1000, BEIJING).isoformat(timespec="milliseconds")


def instant_ms(text: str) -> int:
    """The inverse of `stamp`; raises ValueError for anything that is not an instant with an offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return round(moment.astimezone(UTC).timestamp() * 1000)


def observation_schema() -> dict[str, Any]:
    """The JSON Schema of one observation, generated from the struct itself."""
    return msgspec.json.schema(Observation)
