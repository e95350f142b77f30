"""Start-up: bring the ledger level with the journal, whichever way the last run ended.

1. Cut the torn tail of the last segment (only bytes after its last newline).
2. Check that the ledger's position is a place in this journal, ending with the line it names.
3. Apply every whole line behind it, in batches, each with the position it reaches.
"""

import logging
from collections.abc import Callable
from pathlib import Path

import msgspec

from crawler.records import Observation
from scheduler.conclude import replayed
from scheduler.errors import Refused
from scheduler.journal import Position, cut_torn_tail, read_lines, segment_numbers, segment_path
from scheduler.ledger import Ledger, Update
from scheduler.state import Seen, decode_state, encode_state, fold

BATCH = 1000
NextDue = Callable[[Observation, Seen], int | None]

_log = logging.getLogger(__name__)
_decode = msgspec.json.Decoder(Observation).decode


def catch_up(ledger: Ledger, folder: Path, next_due: NextDue) -> Position:
    """Replay the journal in `folder` into `ledger`; returns the position where the journal now ends.

    next_due gives the due column of a replayed line. Raises Refused where ledger and journal do not belong together.
    """
    numbers = segment_numbers(folder)
    if numbers:
        torn = cut_torn_tail(segment_path(folder, numbers[-1]))
        if torn:
            _log.warning("cut a torn tail of %d bytes after a crash", torn)
    position, last_id = ledger.position()
    _check_position(ledger.path, folder, position, last_id, numbers)
    updates: dict[int, Update] = {}
    replayed_lines = 0
    for reached, raw in read_lines(folder, position):
        try:
            observation = _decode(raw)
        except msgspec.DecodeError as error:
            raise Refused(
                f"{segment_path(folder, reached.segment)}: the line before byte {reached.offset} is not an observation "
                f"({error}); restore the segment from a copy"
            ) from error
        if observation.seq != reached.seq:
            raise Refused(
                f"{segment_path(folder, reached.segment)}: seq {observation.seq} stands where {reached.seq} belongs; "
                "restore the missing lines from a copy"
            )
        _apply(ledger, observation, updates, next_due)
        position, last_id, replayed_lines = reached, observation.id, replayed_lines + 1
        if len(updates) >= BATCH:
            ledger.commit(updates.values(), position, last_id)
            updates.clear()
    if replayed_lines:
        ledger.commit(updates.values(), position, last_id)
        _log.info("replayed %d lines of the journal", replayed_lines)
    if numbers and position.segment < numbers[-1]:  # the last segment was opened, but no line reached it
        position = Position(numbers[-1], 0, position.seq)
    return position


def _apply(ledger: Ledger, observation: Observation, updates: dict[int, Update], next_due: NextDue) -> None:
    row = ledger.state_of(observation.kind, observation.target)
    if row is None:
        identifier, state = ledger.adopt(observation.kind, observation.target, observation.url), None
    else:
        identifier, _, state = row
    if identifier in updates:
        state = updates[identifier].state
    seen = replayed(observation)
    after = fold(decode_state(state) if state else None, seen)
    updates[identifier] = Update(encode_state(after), next_due(observation, seen), identifier)


def _check_position(ledger: Path, folder: Path, position: Position, last_id: str, numbers: list[int]) -> None:
    if position.seq == 0:
        return
    complaint = (
        f"the ledger {ledger} and the journal {folder} do not belong together: {{}}; restore the journal, or move the "
        "ledger away and start again: it is made anew from the journal"
    )
    path = segment_path(folder, position.segment)
    if position.segment not in numbers or path.stat().st_size < position.offset:
        raise Refused(complaint.format(f"line {position.seq} is not in the journal any more"))
    if last_id.encode() not in _line_before(path, position.offset):
        raise Refused(complaint.format(f"another line stands at {position.seq}"))


def _line_before(path: Path, offset: int) -> bytes:
    with path.open("rb") as file:
        span = 65536
        while True:
            start = max(0, offset - span)
            file.seek(start)
            text = file.read(offset - start)[:-1]
            newline = text.rfind(b"\n")
            if newline >= 0 or start == 0:
                return text[newline + 1 :]
            span *= 8
