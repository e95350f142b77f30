"""How pages declare their charset, rightly, wrongly or not at all: data (questions.md §5)."""

from typing import Final

from province.model import Declaration

CHARSETS: Final = {"utf-8": 6, "gbk": 3, "gb18030": 2}

_OTHER: Final = {"utf-8": "gb2312", "gbk": "utf-8", "gb18030": "UTF-8"}

WAYS: Final = {
    "both": 10,
    "header only": 3,
    "meta only": 6,
    "header wrong": 2,
    "meta wrong": 2,
    "both wrong": 1,
    "neither": 2,
    "header latin": 1,
}
"""Ways to declare a charset, and how often each is drawn."""


def declare(charset: str, way: str) -> Declaration:
    """The declaration of `charset` made in `way`, one of WAYS."""
    wrong = _OTHER[charset]
    header, meta = {
        "both": (charset, charset),
        "header only": (charset, None),
        "meta only": (None, charset),
        "header wrong": (wrong, charset),
        "meta wrong": (charset, wrong),
        "both wrong": (wrong, wrong),
        "neither": (None, None),
        "header latin": ("ISO-8859-1", charset),
    }[way]
    return Declaration(charset, header, meta)
