"""The closed vocabularies of registers and the words they are written in: `synonyms.toml`, read once."""

import tomllib
from difflib import get_close_matches
from importlib.resources import files
from typing import Any, Final

from register.cells import fold
from register.model import LEVELS, Category, Level

WORDS: Final[dict[str, Any]] = tomllib.loads((files("register") / "synonyms.toml").read_text("utf-8"))


def _table(name: str) -> dict[str, Any]:
    """folded word → the word it stands for."""
    return {fold(word): key for key, words in WORDS[name].items() for word in (key, *words)}


def _words(name: str) -> frozenset[str]:
    return frozenset(fold(word) or word for word in WORDS[name])


LEVEL: Final[dict[str, Level]] = _table("levels")
BARE_LEVEL: Final[dict[str, str]] = _table("levels_by_area")
CATEGORY: Final[dict[str, Category]] = _table("categories")
PLATFORM: Final[dict[str, str]] = _table("platforms")
BLANK: Final = _words("blank")
YES: Final = _words("yes")
NO: Final = _words("no")
FIRST_LEVEL: Final = _words("first_level")
LOWER_LEVEL: Final = _words("lower_level")
PAUSED: Final = _words("paused")
WATCHED: Final = _words("watched")
OPEN_END: Final = _words("open_end")


def is_blank(text: str) -> bool:
    """Whether a cell says that there is nothing to say: empty, `无`, `/`, `—` …"""
    return not text or (len(text) <= 4 and (fold(text) or text) in BLANK)


def word_key(text: str) -> str:
    """As `fold`; a word of signs only (√, ×) stands for itself."""
    return fold(text) or text


def account_platform(printed: str) -> str | None:
    """The platform an account's type names, in one spelling: `抖音` → `抖音短视频` (newmedia.md §1); None if unknown."""
    return PLATFORM.get(fold(printed))


def area_rank(code: str) -> str | None:
    """省级, 市级 or 县级 by the area prefix of a 网站标识码 (page-conventions.md §2).

    None for central and other codes, and for area prefixes that do not exist.
    """
    if len(code) != 10 or not code.isdigit() or code.startswith("0"):
        return None
    if code[2:6] == "0000":
        return "省级"
    return "市级" if code[4:6] == "00" else "县级"


def nearest(text: str, known: list[str], cutoff: float = 0.6) -> str | None:
    """The word of `known` that `text` was probably meant to be."""
    close = get_close_matches(text, known, n=1, cutoff=cutoff)
    return close[0] if close else None


LEVEL_WORDS: Final = " ".join(LEVELS)
