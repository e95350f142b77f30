"""The segments of a journal as they lie on disk, plain or compressed beside it (`….jsonl.zst`), one opened like the other.

A segment that is there in both forms is read from the plain one. Offsets are always those of the plain text.
"""

import re
import sys
from pathlib import Path
from typing import BinaryIO, Final, cast

import orjson

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_NAME: Final = re.compile(r"observations-(\d{6,})\.jsonl(\.zst)?")
DAMAGED: Final = (zstd.ZstdError, EOFError)
"""What reading a compressed segment raises where it is not whole."""


def segment_path(folder: Path, number: int) -> Path:
    return folder / f"observations-{number:06d}.jsonl"


def packed_path(folder: Path, number: int) -> Path:
    """The compressed form of a segment."""
    return folder / f"observations-{number:06d}.jsonl.zst"


def segment_numbers(folder: Path) -> list[int]:
    """The numbers of the plain segments in `folder`, ascending."""
    return sorted(int(match[1]) for match in map(_NAME.fullmatch, _names(folder)) if match and not match[2])


def kept_numbers(folder: Path) -> list[int]:
    """The numbers of all segments in `folder`, plain or compressed, ascending."""
    return sorted({int(match[1]) for match in map(_NAME.fullmatch, _names(folder)) if match})


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def open_segment(folder: Path, number: int, offset: int = 0) -> BinaryIO:
    """Segment `number` at byte `offset` of its plain text. Raises FileNotFoundError where neither form is there (any more)."""
    try:
        file: BinaryIO = segment_path(folder, number).open("rb")
    except FileNotFoundError:
        file = cast(BinaryIO, zstd.open(packed_path(folder, number), "rb"))
    if offset:
        file.seek(offset)
    return file


def first_seq(folder: Path, number: int) -> int | None:
    """The seq of the first line of a segment, None where it has no whole line (yet) or is there no more."""
    try:
        with open_segment(folder, number) as file:
            line = file.readline()
    except FileNotFoundError:
        return None
    return int(orjson.loads(line)["seq"]) if line.endswith(b"\n") else None
