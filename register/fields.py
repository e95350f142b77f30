"""Cells that several kinds of row share: a site's code, an address, a level, yes or no."""

import re
from functools import lru_cache
from typing import Final

from register.cells import fold
from register.hosts import BadUrl
from register.model import LEVELS, Level
from register.rows import Row
from register.urls import WHOLE, Url, read_url
from register.vocabulary import (
    BARE_LEVEL,
    FIRST_LEVEL,
    LEVEL,
    LEVEL_WORDS,
    LOWER_LEVEL,
    NO,
    YES,
    area_rank,
    is_blank,
    word_key,
)

SITE_CODE: Final = re.compile(r"[0-9]{10}|bm[0-9]{8}")
"""page-conventions.md §2."""
LONGEST_CODE: Final = 128
_TEN: Final = "write its 10 characters: 10 digits, or bm and 8 digits"
_POWER: Final = re.compile(r"([0-9])(?:\.([0-9]+))?e\+?0?9")
_SECRET: Final = re.compile(r"[^/@\s]*:[^/@\s]*@")


def mend_site_code(text: str) -> tuple[str | None, str]:
    """A 网站标识码 in its one form and what was done to it (empty for nothing); or None and what is wrong with it."""
    if SITE_CODE.fullmatch(text):
        return text, ""
    tidy = re.sub(r"[\s_-]|\.0+$", "", text).lower()
    if SITE_CODE.fullmatch(tidy):
        return tidy, "blanks, signs or capitals in the code"
    power = _POWER.fullmatch(re.sub(r"\s", "", text).lower())
    if power:
        digits = power[1] + (power[2] or "")
        if len(digits) == 10:
            return digits, "the spreadsheet wrote the code as a power of ten"
        return None, "the spreadsheet rounded this code to a power of ten"
    if tidy.isdigit() and tidy.isascii() and 7 <= len(tidy) <= 9:
        return tidy.zfill(
            10
        ), f"{len(tidy)} of 10 digits, as when a spreadsheet drops leading zeros; if a digit is missing, correct it"
    return None, f"not a 网站标识码 ({len(text)} characters)"


def read_site_code(row: Row, field: str) -> str | None:
    """The 网站标识码 in a cell; None where there is none to be read, which is reported."""
    text = row.code(field)
    if not text:
        row.bad(field, "missing", _TEN)
        return None
    code, said = mend_site_code(text)
    if code is None:
        row.bad(field, said, _TEN)
    elif said:
        row.mended(field, said, f"write {code}, as text")
    return code


def read_own_code(row: Row, field: str, forbidden: str = "") -> str | None:
    """An identifier of the office's own making; "" where there is none, None where it cannot be used, which is reported."""
    text = row.code(field)
    if len(text) > LONGEST_CODE or any(sign in text for sign in forbidden) or text.startswith("@"):
        signs = f", without {forbidden}" if forbidden else ""
        row.bad(field, "a code that cannot be used", f"write at most {LONGEST_CODE} characters{signs}, not beginning with @")
        return None
    return text


def read_address(row: Row, field: str, base: str | None = None, consequence: str = "") -> Url | None:
    """The address in a cell; None where there is none to be read, which is reported."""
    text = row.text(field)
    try:
        if is_blank(text):
            raise BadUrl("missing", WHOLE)
        url = read_url(text, base)
    except BadUrl as error:
        row.bad(field, error.reason + consequence, error.mend, value=_SECRET.sub("…@", text))
        return None
    if url.mends:
        row.mended(field, "; ".join(url.mends), f"write {url.url}")
    return url


def read_level(row: Row, code: str) -> tuple[Level | None, bool]:
    """(级别, whether it is known or empty). Bare words are read by the area in `code`; each reading is said once."""
    printed = row.maybe("level")
    if printed is None:
        if row.problems.first(*row.where[:2], "level"):
            row.note(
                "level", "empty: such rows are in no statistics by level (said once per table)", f"write one of {LEVEL_WORDS}"
            )
        return None, True
    level, said = level_of(printed, area_rank(code))
    if level is None:
        row.bad("level", said, f"write one of {LEVEL_WORDS}")
        return None, False
    if said and row.problems.first(*row.where[:2], "level", printed, level):
        row.mended("level", f"{said} (said once per table)", f"write {level}")
    return level, True


@lru_cache(maxsize=4096)
def level_of(printed: str, rank: str | None) -> tuple[Level | None, str]:
    """The level a word names, and how it was read; or None and why not. `rank`: 省级, 市级 or 县级 by the site's area.

    A county-level city calls its own offices 市直 too: such words hold only where the area does not say otherwise.
    """
    if printed in LEVELS:
        return LEVEL[printed], ""
    word = fold(printed)
    if word in BARE_LEVEL:
        if rank is None:
            return None, "names no level of administration"
        return LEVEL[rank + BARE_LEVEL[word]], f"read as {rank}{BARE_LEVEL[word]}, by the area in the 网站标识码"
    level = LEVEL.get(word)
    if level is None:
        return None, "no level that is known here"
    if level.startswith("市级") and not word.startswith(("市级", "地", "设区")) and rank == "县级":
        return None, "a county-level city's own? the area in the 网站标识码 is a county's"
    return level, "" if word == level else f"read as {level}"


def read_first_level(row: Row) -> bool | None:
    """一级栏目: None where the register does not say. A column below another one is none."""
    printed = row.text("first_level")
    if is_blank(printed):
        return False if row.maybe("parent") else None
    word = word_key(printed)
    if word in YES or word in FIRST_LEVEL:
        return True
    if word in NO or word in LOWER_LEVEL:
        return False
    row.note("first_level", "neither 是 nor 否: taken as not said", "write 是 or 否")
    return None
