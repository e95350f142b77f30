"""Cells as tables bear them, and the text in them: no control characters, nothing invisible, trimmed."""

import datetime as dt
import re
import unicodedata
from functools import lru_cache
from typing import Final

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta
"""What CSV (always str) and workbooks give. An empty cell is ""."""

_EXACT: Final = 2**53
_SPACES: Final = re.compile(r"\s+")
_WRAPPED: Final = re.compile(
    r"(?<=[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef])\s*[\r\n]+\s*(?=[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef])"
)
_BRACKETED: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕")
_DROPPED: Final = {"Cc", "Cf", "Cs"}


def text_of(cell: Cell) -> str:
    """The cell as trimmed text. Whole numbers lose their `.0`; dates are ISO; names stay as printed but for blanks."""
    if isinstance(cell, str):
        trimmed = cell.strip()
        return trimmed if trimmed.isprintable() else clean(trimmed)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ", "seconds")
    return str(cell)


def clean(text: str) -> str:
    """`text` without control, invisible and surrogate characters; a line wrapped between two Chinese characters is joined."""
    joined = _WRAPPED.sub("", text)
    return _SPACES.sub(" ", "".join(filter(_stays, joined))).strip()


def _stays(character: str) -> bool:
    """Private and unassigned characters stay: rare names are written with them."""
    if character.isspace():
        return True
    return unicodedata.category(character) not in _DROPPED and ord(character) & 0xFFFE != 0xFFFE


def shown(text: str, most: int = 80) -> str:
    """`text` fit for one line of a terminal, at most `most` characters."""
    tidy = clean(text[: 4 * most])
    return tidy if len(tidy) <= most else tidy[: most - 1] + "…"


def is_exact(cell: Cell) -> bool:
    """Whether a number cell still holds every digit that was typed: a workbook keeps 15 of them."""
    return not isinstance(cell, (int, float)) or abs(cell) < _EXACT


def narrow(text: str) -> str:
    """`text` with full-width letters, digits and signs as ordinary ones (NFKC)."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """The key under which a word of a closed vocabulary or a header is looked up.

    NFKC, lower case, without remarks in brackets, blanks and punctuation: `访问间隔（秒）*` and `访问间隔` are one word.
    """
    plain = narrow(text).casefold()
    bare = "".join(filter(str.isalnum, _BRACKETED.sub("", plain)))
    return bare or "".join(filter(str.isalnum, plain))
