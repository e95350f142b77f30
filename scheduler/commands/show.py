"""The last ten observations of one target, when it is due next, and why it is not known where it is not.

TARGET is its key as observations carry it (5115000001/gzdt, 5115000001/@home) or its URL.
"""

import argparse
import sqlite3
from collections import deque
from pathlib import Path

import msgspec

from crawler.outcomes import OUTCOMES
from crawler.records import Observation, clean_text, stamp
from scheduler.errors import Refused
from scheduler.journal import Position, read_lines
from scheduler.ledger import Ledger
from scheduler.state import decode_state

MOST = 10
_decode = msgspec.json.Decoder(Observation).decode


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="TARGET")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder of a crawl or serve run")


def run(options: argparse.Namespace) -> int:
    ledger = Ledger.open_for_reading(options.out / "ledger.sqlite")
    try:
        rows = _find(ledger.transaction(), options.target)
        mode = ledger.meta("mode")
    finally:
        ledger.close()
    if not rows:
        raise Refused(
            f"no target {options.target!r} in {options.out}; write it as observations do, such as 5115000001/gzdt, or its URL"
        )
    for row in rows:
        _print(options.out / "journal", row, mode or "")
    return 0


def _find(connection: sqlite3.Connection, text: str) -> list[sqlite3.Row]:
    connection.row_factory = sqlite3.Row
    return connection.execute(
        "SELECT t.kind, t.key, t.url, t.paused, h.name AS host, s.due, s.state FROM targets t JOIN states s USING (id) "
        "JOIN hosts h ON h.id = t.host WHERE t.key = :text OR t.url = :text ORDER BY t.kind, t.key",
        {"text": text},
    ).fetchall()


def _print(journal: Path, row: sqlite3.Row, mode: str) -> None:
    print(f"{row['kind']} {row['key']}  {clean_text(row['url'])}")
    print(f"host      {row['host']}")
    if row["paused"]:
        print("due       not looked at: paused by the register (不检查)")
    elif row["due"] is None:
        print("due       never: withdrawn from the register")
    elif mode == "serve":
        print(f"due       {stamp(row['due'])}")
    else:
        print("due       in the next pass" if row["due"] else "due       in this pass; not looked at yet")
    if row["state"]:
        state = decode_state(row["state"])
        print(f"failures  {state.failures} looks in a row read nothing" if state.failures else "failures  none")
    last = _last(journal, row["kind"], row["key"])
    for observation in last:
        reading = observation.reading
        newest = f"newest {reading.newest}" if reading.newest else reading.state
        why = f" / {observation.reason}" if observation.reason else ""
        same = "  unchanged" if observation.unchanged else ""
        print(f"{observation.at[:19]}  seq {observation.seq}  {observation.outcome}{why}  {newest}{same}")
    if last and last[-1].outcome != "ok":
        meaning = OUTCOMES[last[-1].outcome]
        print(f"meaning   {meaning.meaning}")
        print(f"remedy    {meaning.remedy_zh}")


def _last(journal: Path, kind: str, key: str) -> list[Observation]:
    needle = b'"target":' + msgspec.json.encode(key)
    found: deque[Observation] = deque(maxlen=MOST)
    for _, line in read_lines(journal, Position(1, 0, 0)):
        if needle in line:
            observation = _decode(line)
            if observation.kind == kind and observation.target == key:
                found.append(observation)
    return list(found)
