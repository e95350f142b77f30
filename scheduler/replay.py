"""Start-up: bring the ledger level with the journal, whichever way the last run ended.

1. Cut the torn tail of the last segment (only bytes after its last newline).
2. Check that the ledger's position is a place in this journal, ending with the line it names.
3. Apply every whole line behind it, in batches, each with the position it reaches.
"""

import logging
import os
from pathlib import Path
from typing import BinaryIO

import msgspec

from crawler.outcomes import OURS
from crawler.records import Observation
from scheduler.calendar import Calendar, Look
from scheduler.conclude import replayed
from scheduler.errors import Refused
from scheduler.journal import Position, cut_torn_tail, read_lines, segment_numbers, segment_path
from scheduler.ledger import Ledger, Update
from scheduler.shelf import first_seq, kept_numbers, open_segment
from scheduler.state import decode_state, encode_state, fold, newest_of

BATCH = 1000

_log = logging.getLogger(__name__)
_decode = msgspec.json.Decoder(Observation).decode


def catch_up(ledger: Ledger, folder: Path, calendar: Calendar) -> Position:
    """Replay the journal in `folder` into `ledger`; returns the position where the journal now ends.

    Raises Refused where ledger and journal do not belong together.
    """
    numbers = segment_numbers(folder)
    if numbers:
        torn = cut_torn_tail(segment_path(folder, numbers[-1]))
        if torn:
            _log.warning("cut a torn tail of %d bytes after a crash", torn)
    position, last_id = ledger.position()
    if position.seq == 0:
        position = _beginning(folder)
    _check_position(ledger.path, folder, position, last_id)
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
        _apply(ledger, observation, updates, calendar)
        position, last_id, replayed_lines = reached, observation.id, replayed_lines + 1
        if len(updates) >= BATCH:
            ledger.commit(updates.values(), position, last_id)
            updates.clear()
    if replayed_lines:
        ledger.commit(updates.values(), position, last_id)
        _log.info("replayed %d lines of the journal", replayed_lines)
    if numbers and position.segment < numbers[-1]:  # the last segment was opened, but no line reached it
        return Position(numbers[-1], 0, position.seq)
    if not numbers and position.seq:  # all of them are compressed, as in a copy of an archive: none of those is written to
        return Position(position.segment + 1, 0, position.seq)
    return position


def _beginning(folder: Path) -> Position:
    """Where the lines that are kept begin: older ones are past their retention."""
    for number in kept_numbers(folder):
        first = first_seq(folder, number)
        if first is not None:
            return Position(number, 0, first - 1)
    return Position(1, 0, 0)


def _apply(ledger: Ledger, observation: Observation, updates: dict[int, Update], calendar: Calendar) -> None:
    row = ledger.state_of(observation.kind, observation.target)
    if row is None:
        identifier, state = ledger.adopt(observation.kind, observation.target, observation.url), None
    else:
        identifier, _, state = row
    if identifier in updates:
        state = updates[identifier].state
    before = decode_state(state) if state else None
    after = fold(before, replayed(observation))
    category = observation.column.category if observation.column else observation.kind
    ours = (observation.outcome, observation.reason) in OURS
    changed = bool(observation.new_items) or newest_of(before) != newest_of(after)
    then = calendar.next(Look(observation.kind, category, observation.target, before, after, changed, ours))
    after = msgspec.structs.replace(after, interval_ms=then.interval_ms)
    due_ms = then.due_ms if observation.kind != "report" else None  # a report is looked at once
    updates[identifier] = Update(encode_state(after), due_ms, then.deadline_ms, identifier)


def _check_position(ledger: Path, folder: Path, position: Position, last_id: str) -> None:
    if not last_id:
        return
    complaint = (
        f"the ledger {ledger} and the journal {folder} do not belong together: {{}}; restore the journal, or move the "
        "ledger away and start again: it is made anew from the journal"
    )
    try:
        file = open_segment(folder, position.segment)
    except FileNotFoundError as error:
        raise Refused(complaint.format(f"line {position.seq} is not in the journal any more")) from error
    with file:
        if file.seek(0, os.SEEK_END) < position.offset:
            raise Refused(complaint.format(f"line {position.seq} is not in the journal any more"))
        if last_id.encode() not in _line_before(file, position.offset):
            raise Refused(complaint.format(f"another line stands at {position.seq}"))


def _line_before(file: BinaryIO, offset: int) -> bytes:
    span = 65536
    while True:
        start = max(0, offset - span)
        file.seek(start)
        text = file.read(offset - start)[:-1]
        newline = text.rfind(b"\n")
        if newline >= 0 or start == 0:
            return text[newline + 1 :]
        span *= 8
