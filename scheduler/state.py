"""What the ledger remembers of one target: the fold of its lines. Pure.

The same `fold` runs on a line just written and on a line replayed after a crash, so the ledger can always be made again
from the journal. Two things a line does not carry: the validators (etag, last_modified) and the register row it was read
under. After a replay they are empty, and the next fetch is a full one.
"""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

import msgspec
from msgspec import Struct

KNOWN_LIMIT: Final = 600
"""Known items kept per target; a first page shows at most some hundred, and the oldest are forgotten first."""

_TELLING: Final = 10  # characters of a title that is taken to be nobody else's
_KEY: Final = 8  # bytes of an item's key
_SLOT: Final = _KEY + 4  # and of the second it was first seen


class State(Struct, frozen=True, array_like=True):
    """due_ms, at_ms and outcome are the last line's; reading (JSON), digest, reader and row of the last look that did read.

    looked       some look has understood the page: if none has, the next one is the first look
    failures     lines in a row that read nothing, those of a cause of our own left out
    interval_ms  the adaptive interval between looks (revisit.py); 0: none yet
    conditional  answers 304 in a row: after some, a full fetch is forced
    distrusted   a validator stood for two different pages: none is sent any more
    """

    due_ms: int
    at_ms: int
    outcome: str
    digest: str | None = None
    reader: int = 0
    row: str = ""
    reading: bytes = b""
    known: bytes = b""
    failures: int = 0
    looked: bool = False
    etag: str | None = None
    last_modified: str | None = None
    interval_ms: int = 0
    conditional: int = 0
    distrusted: bool = False


encode_state = msgspec.msgpack.Encoder().encode
decode_state = msgspec.msgpack.Decoder(State).decode


def item_key(title: str, url: str | None) -> bytes:
    """What makes two rows the same item: a title long enough to name one article, else the URL.

    So an article that is published again at another address is no new item (questions.md §4).
    """
    name = title if len(title) >= _TELLING else (url or title)
    return blake2b(name.encode("utf-8", "replace"), digest_size=_KEY).digest()


def known_keys(known: bytes) -> set[bytes]:
    return {known[i : i + _KEY] for i in range(0, len(known), _SLOT)}


def remember(known: bytes, keys: Iterable[bytes], seen_ms: int) -> bytes:
    """`known` with `keys` in front, first seen at `seen_ms`."""
    second = (seen_ms // 1000).to_bytes(4, "big")
    fresh = b"".join(key + second for key in keys)
    return (fresh + known)[: KNOWN_LIMIT * _SLOT] if fresh else known


class Seen(Struct, frozen=True):
    """What a line, written or replayed, says for the fold. `reading` is None where nothing was read."""

    due_ms: int
    at_ms: int
    outcome: str
    reader: int
    digest: str | None
    partial: bool
    unchanged: bool
    reading: bytes | None
    new_keys: tuple[bytes, ...]
    failed: bool
    understood: bool
    row: str = ""
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False
    ours: bool = False


class _Newest(Struct):
    newest: str | None = None


_newest = msgspec.json.Decoder(_Newest).decode


def newest_of(state: State | None) -> str | None:
    """The newest date that the last look which read something told; at its precision, as records.Reading has it."""
    return _newest(state.reading).newest if state and state.reading else None


def _has_lied(last: State, seen: Seen) -> bool:
    """Whether the validators that stood for one page now stand for another."""
    if not (last.digest and seen.digest) or last.digest == seen.digest or last.reader != seen.reader:
        return False
    if last.etag or seen.etag:
        return last.etag == seen.etag
    return last.last_modified is not None and last.last_modified == seen.last_modified


def fold(previous: State | None, seen: Seen) -> State:
    """The state after one more line.

    A look that read nothing (a timeout, a challenge) changes only due_ms, at_ms, outcome and failures: what was read before
    stays what is known. A partial page's digest is not kept, since it must not make a whole page look unchanged. A validator
    that came with two different pages is no proof of anything: the target's validators are never used again.
    """
    last = previous or State(seen.due_ms, seen.at_ms, seen.outcome)
    failures = last.failures + (not seen.ours) if seen.failed else 0
    if seen.unchanged:
        return msgspec.structs.replace(
            last,
            due_ms=seen.due_ms,
            at_ms=seen.at_ms,
            outcome=seen.outcome,
            failures=0,
            row=seen.row,
            etag=seen.etag,
            last_modified=seen.last_modified,
            conditional=last.conditional + 1 if seen.not_modified else 0,
        )
    if seen.reading is None:
        return msgspec.structs.replace(last, due_ms=seen.due_ms, at_ms=seen.at_ms, outcome=seen.outcome, failures=failures)
    return State(
        seen.due_ms,
        seen.at_ms,
        seen.outcome,
        None if seen.partial else seen.digest,
        seen.reader,
        seen.row,
        seen.reading,
        remember(last.known, seen.new_keys, seen.at_ms),
        failures,
        last.looked or seen.understood,
        None if seen.partial else seen.etag,
        None if seen.partial else seen.last_modified,
        last.interval_ms,
        0,
        last.distrusted or (not seen.partial and _has_lied(last, seen)),
    )
