"""The journal's contract, checked from outside: plain JSON, nothing of ours imported but the vocabularies."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from crawler.records import Kind, Outcome, State

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+08:00$")
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")


def rows(journal: Path) -> Iterator[tuple[str, bytes]]:
    """Every whole line with its place; a torn last line of the last segment is left out."""
    for segment in sorted(journal.glob("observations-*.jsonl")):
        lines = segment.read_bytes().split(b"\n")
        yield from ((f"{segment.name}:{number}", raw) for number, raw in enumerate(lines[:-1], 1))


def observations(journal: Path) -> list[dict[str, Any]]:
    return [json.loads(raw) for _, raw in rows(journal)]


def breaches(journal: Path) -> list[str]:
    """What breaks the contract: seq with a gap, an id twice, an unknown word, a time without +08:00, control characters."""
    wrong: list[str] = []
    ids: Counter[str] = Counter()
    last: int | None = None
    for place, raw in rows(journal):
        row = json.loads(raw.decode("utf-8"))
        ids[row["id"]] += 1
        checks = {
            "seq": last is None or row["seq"] == last + 1,
            "v": row["v"] == 1,
            "at": bool(_TIME.match(row["at"])),
            "due": bool(_TIME.match(row["due"])),
            "kind": row["kind"] in get_args(Kind),
            "outcome": row["outcome"] in get_args(Outcome),
            "state": row["reading"]["state"] in get_args(State),
            "control character": not _CONTROL.search(raw),
        }
        wrong += [f"{place}: {what}" for what, holds in checks.items() if not holds]
        last = row["seq"]
    return wrong + [f"id {name} stands {number} times" for name, number in ids.items() if number > 1]


def visits_by_pass(journal: Path) -> dict[str, Counter[tuple[str, str]]]:
    """due → how often each (kind, target) was looked at."""
    passes: dict[str, Counter[tuple[str, str]]] = {}
    for row in observations(journal):
        passes.setdefault(row["due"], Counter())[row["kind"], row["target"]] += 1
    return passes
