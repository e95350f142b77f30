"""A sighting and what only the scheduler knows become one line. Pure.

Sighting + Task (target, due, what was remembered) ──conclude──► Line (its seq is set by the writer) + the target's new State
"""

from typing import Final

import msgspec
from msgspec import Raw, Struct

from crawler.outcomes import OURS
from crawler.records import (
    VERSION,
    Account,
    Flag,
    Item,
    NewItem,
    Observation,
    Phases,
    Reading,
    Sighting,
    Tls,
    Visit,
    instant_ms,
    observation_id,
    stamp,
)
from scheduler.history import history_flags
from scheduler.identity import judge_identity
from scheduler.state import KNOWN_LIMIT, Seen, State, fold, item_key, known_keys

UNDERSTOOD: Final = frozenset({"list", "article", "feed", "blank", "undated"})
"""States that say what a page shows; `dynamic` and `unknown` say only that it was looked at."""

MOST_ITEMS: Final = KNOWN_LIMIT // 2
"""Items of one look that are compared with the known ones: no more than are remembered over two looks."""

_encode = msgspec.json.Encoder().encode
_NOTHING: Final = Raw(_encode(Reading("none")))
_NULL: Final = Raw(b"null")


class House(Struct, frozen=True):
    """What every line of this run carries: the register's digest, the reader's version, where we look from, our version."""

    register: str
    reader: int
    vantage: str
    version: str


class Task(Struct, frozen=True):
    """One due visit of one target, from the moment a round is planned until its line is durable."""

    target_id: int
    host_id: int
    visit: Visit
    subject: bytes
    part: bytes | None
    row: str
    state: State | None
    category: str = "other"  # a column's, else the kind
    losses: int = 0  # crawlers that died with this visit in their hands
    twins: tuple["Task", ...] = ()  # other targets of the same URL: fetched once, reported for each


class Line(Struct):
    """An Observation in the making: subject, column and reading are already JSON. Same fields, same order (a test holds it)."""

    v: int
    id: str
    seq: int
    at: str
    due: str
    kind: str
    target: str
    url: str
    final_url: str | None
    redirects: int
    subject: Raw
    column: Raw
    outcome: str
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
    reading: Raw
    account: Account | None
    first_look: bool
    new_items: tuple[NewItem, ...]
    flags: tuple[Flag, ...]
    register: str
    reader: int
    vantage: str
    observed_by: str
    version: str


def encode_line(line: Line) -> bytes:
    """One line of the journal, without its newline; clean_text has seen to it that no control character is left in it."""
    return _encode(line)


def _new_items(items: tuple[Item, ...], known: bytes, seen: str) -> tuple[tuple[NewItem, ...], tuple[bytes, ...]]:
    have = known_keys(known)
    fresh: list[NewItem] = []
    keys: list[bytes] = []
    for item in items[:MOST_ITEMS]:
        key = item_key(item.title, item.url)
        if key not in have:
            have.add(key)
            keys.append(key)
            fresh.append(NewItem(item.title, item.url, item.date, seen))
    return tuple(fresh), tuple(keys)


def conclude(task: Task, sighting: Sighting, house: House) -> tuple[Line, State]:
    """The line of one finished visit, and what is remembered from now on."""
    visit, before = task.visit, task.state
    at = stamp(sighting.at_ms)
    fresh: tuple[NewItem, ...] = ()
    keys: tuple[bytes, ...] = ()
    if sighting.unchanged and before and before.reading:
        reading, read_something, understood = Raw(before.reading), True, before.looked
    else:
        found = sighting.reading or Reading("none")
        read_something, understood = found.state != "none", found.state in UNDERSTOOD
        reading = Raw(_encode(found)) if read_something else _NOTHING
        if sighting.items:
            fresh, keys = _new_items(sighting.items, before.known if before else b"", at)
    first_look = understood and not (before and before.looked)
    flags = judge_identity(sighting.flags, task.subject, task.part) if sighting.flags else ()
    if fresh and before and not first_look:
        flags += history_flags(fresh, before.at_ms, sighting.at_ms)
    line = Line(
        v=VERSION,
        id=observation_id(visit.kind, visit.target, visit.due_ms, house.vantage, sighting.observed_by),
        seq=0,
        at=at,
        due=stamp(visit.due_ms),
        kind=visit.kind,
        target=visit.target,
        url=visit.url,
        final_url=sighting.final_url,
        redirects=sighting.redirects,
        subject=Raw(task.subject),
        column=Raw(task.part) if task.part else _NULL,
        outcome=sighting.outcome,
        reason=sighting.reason,
        status=sighting.status,
        elapsed_s=sighting.elapsed_s,
        phases=sighting.phases,
        attempts=sighting.attempts,
        requests=sighting.requests,
        address=sighting.address,
        bytes=sighting.bytes,
        partial=sighting.partial,
        charset=sighting.charset,
        digest=sighting.digest,
        unchanged=sighting.unchanged,
        tls=sighting.tls,
        reading=reading,
        account=sighting.account,
        first_look=first_look,
        new_items=fresh,
        flags=flags,
        register=house.register,
        reader=house.reader,
        vantage=house.vantage,
        observed_by=sighting.observed_by,
        version=house.version,
    )
    seen = Seen(
        due_ms=visit.due_ms,
        at_ms=sighting.at_ms,
        outcome=sighting.outcome,
        reader=house.reader,
        digest=sighting.digest,
        partial=sighting.partial,
        unchanged=sighting.unchanged,
        reading=bytes(reading) if read_something else None,
        new_keys=keys,
        failed=not read_something,
        understood=understood,
        row=task.row,
        etag=sighting.etag,
        last_modified=sighting.last_modified,
        not_modified=sighting.status == 304,
        ours=(sighting.outcome, sighting.reason) in OURS,
    )
    return line, fold(before, seen)


def replayed(observation: Observation) -> Seen:
    """What a line read back from the journal says for the fold: no validators, no register row, so the next fetch is full."""
    reading = observation.reading
    read_something = reading.state != "none"
    return Seen(
        due_ms=instant_ms(observation.due),
        at_ms=instant_ms(observation.at),
        outcome=observation.outcome,
        reader=observation.reader,
        digest=observation.digest,
        partial=observation.partial,
        unchanged=observation.unchanged,
        reading=_encode(reading) if read_something else None,
        new_keys=tuple(item_key(item.title, item.url) for item in observation.new_items),
        failed=not read_something,
        understood=reading.state in UNDERSTOOD,
        ours=(observation.outcome, observation.reason) in OURS,
    )
