"""Read saved pages offline.

MANIFEST holds JSON lines {"file", "url", "kind", "content_type"?, "now"?}: file is relative to the manifest, kind is column (or
list), article, home, account …, now is a day (its end is meant) or an instant. One line per file comes out:
{"file", "outcome", "reading", "flags"}.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import orjson

from crawler.fetch import Answer
from crawler.judge import Look, judge
from crawler.read.page import KIND_NAMES
from crawler.records import BEIJING
from scheduler.errors import Refused


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("manifest", type=Path, metavar="MANIFEST")


def run(options: argparse.Namespace) -> int:
    bad = 0
    for number, row in _rows(options.manifest):
        try:
            line = read_row(row, options.manifest.parent)
        except (OSError, KeyError, TypeError, ValueError) as error:
            bad += 1
            print(f"xunwang: {options.manifest}:{number}: {_plain(error)}; this line is left out", file=sys.stderr)
            continue
        sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.flush()
    return 1 if bad else 0


def _rows(manifest: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        text = manifest.read_bytes()
    except OSError as error:
        raise Refused(f"{manifest} cannot be read ({error.strerror}); name a file of JSON lines") from error
    for number, raw in enumerate(text.splitlines(), 1):
        if raw.strip():
            try:
                row = orjson.loads(raw)
            except ValueError:
                row = None
            if not isinstance(row, dict):
                raise Refused(f"{manifest}:{number} is no JSON object; a line looks like {{'file': …, 'url': …, 'kind': …}}")
            yield number, row


def read_row(row: dict[str, Any], folder: Path) -> dict[str, object]:
    """One line of the manifest, read and judged as a visit would be. Raises OSError, KeyError, ValueError for a bad line."""
    body = (folder / row["file"]).read_bytes()
    answer = Answer(row["url"], "ok", status=200, headers={}, body=body, content_type=row.get("content_type"))
    kind = KIND_NAMES.get(str(row.get("kind", "column")).rpartition(":")[2], "column")
    judged = judge(answer, Look(row["url"], kind, moment(row.get("now"))))
    return {
        "file": row["file"],
        "outcome": judged.outcome,
        "reason": judged.reason,
        "reading": judged.reading,
        "flags": judged.flags,
    }


def moment(text: str | None) -> datetime:
    """The instant of a look: now, the end of a day, or an instant (Beijing time where it has no offset)."""
    if text is None:
        return datetime.now(BEIJING)
    parsed = datetime.fromisoformat(text)
    if len(text) == 10:
        parsed += timedelta(days=1, seconds=-1)
    return parsed.replace(tzinfo=BEIJING) if parsed.tzinfo is None else parsed.astimezone(BEIJING)


def _plain(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it has no {error.args[0]!r}"
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}"
    return str(error)
