"""The lines of a journal from outside it: all its segments in order, plain or compressed, one line at a time.

A last line without its newline is still being written, or torn: it is no line. For those who need positions and a live tail
there is `journal.read_lines`.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, cast

from scheduler.errors import Refused

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_NAME: Final = re.compile(r"observations-(\d{6,})\.jsonl(?:\.zst)?")


def whole_lines(folder: Path) -> Iterator[tuple[Path, int, bytes]]:
    """Every line of the journal in `folder`, with its file and its number there, counted from 1. Raises Refused."""
    try:
        numbers = sorted({match[1] for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))}, key=int)
    except OSError as error:
        raise Refused(f"{folder} holds no journal ({error.strerror}); name the folder of a crawl or serve run") from error
    for number in numbers:
        path, file = _opened(folder / f"observations-{number}.jsonl")
        try:
            with file:
                for count, line in enumerate(file, 1):
                    if line.endswith(b"\n"):
                        yield path, count, line
        except (zstd.ZstdError, EOFError, OSError) as error:
            raise Refused(f"{path} cannot be read to its end ({error}); bring it back from a backup") from error


def _opened(plain: Path) -> tuple[Path, BinaryIO]:
    """The segment, plain where it is there: the compressed one beside it is whole before the plain one goes."""
    packed = plain.with_name(plain.name + ".zst")
    try:
        return plain, plain.open("rb")
    except FileNotFoundError:
        pass
    except OSError as error:
        raise Refused(f"{plain} cannot be read ({error.strerror}); see who may read it") from error
    try:
        return packed, cast(BinaryIO, zstd.open(packed, "rb"))
    except OSError as error:
        raise Refused(f"{packed} cannot be read ({error.strerror}); see who may read it") from error
