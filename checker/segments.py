"""The lines of a journal as it lies on disk: a folder of numbered segments, plain or .zst, or one file. Streaming.

A segment that exists both plain and compressed is read once, the plain one. A last line without its newline is cut: it is
handed out as such, and never judged.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_SEGMENT: Final = re.compile(r"observations-(\d{6,})\.jsonl(\.zst)?$")
_BLOCK: Final = 1 << 20
LONGEST_LINE: Final = 32 * 1024 * 1024


class JournalUnreadable(Exception):
    """A journal that cannot be read at all: one sentence that says what to do."""


def segments(journal: Path) -> list[Path]:
    """The files of a journal in their order: of a run's folder, of its `journal` folder, or the one file named.

    Raises JournalUnreadable.
    """
    try:
        if journal.is_dir():
            inner = journal / "journal"
            found = _of_folder(inner if inner.is_dir() else journal)
            if not found:
                raise JournalUnreadable(
                    f"{journal} holds no observations-*.jsonl: name the journal folder of a crawl or serve run"
                )
            return found
        if not journal.exists():
            raise JournalUnreadable(f"{journal} does not exist: name the journal folder of a crawl or serve run")
    except OSError as error:
        raise JournalUnreadable(f"{journal} cannot be read ({error.strerror}): check its permissions") from error
    return [journal]


def _of_folder(folder: Path) -> list[Path]:
    by_number: dict[int, Path] = {}
    for path in sorted(folder.iterdir()):
        match = _SEGMENT.fullmatch(path.name)
        if match and (not match[2] or int(match[1]) not in by_number):
            by_number[int(match[1])] = path
    return [path for _, path in sorted(by_number.items())]


def gaps(paths: list[Path]) -> list[int]:
    """Numbers of segments that are missing between the first and the last."""
    numbers = {int(match[1]) for path in paths if (match := _SEGMENT.fullmatch(path.name))}
    return sorted(set(range(min(numbers), max(numbers) + 1)) - numbers) if numbers else []


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of one segment with their newlines. Raises JournalUnreadable where it cannot be read or unpacked to its end."""
    try:
        with _open(path) as file:
            while line := file.readline(LONGEST_LINE):
                yield line
    except (OSError, EOFError, zstd.ZstdError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise JournalUnreadable(
            f"{path} cannot be read ({why}): restore it from a copy, or take it out of the folder"
        ) from error


def _open(path: Path) -> IO[bytes]:
    if path.suffix == ".zst":
        return io.BufferedReader(zstd.open(path, "rb"), _BLOCK)
    return path.open("rb", buffering=_BLOCK)
