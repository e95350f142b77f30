"""What a row may say of how its target is asked and read: pace, selector, JSON path, charset. Wrong ones reject the row,
because reading without them would give what the office did not mean.
"""

import codecs
import re
from functools import lru_cache
from typing import Final, NamedTuple

from register.cells import narrow
from register.rows import Row

SLOWEST_S: Final = 3600.0
_FIELDS: Final = frozenset({"pace", "selector", "json_path", "charset"})
_SECONDS: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(?:s|sec|seconds?|秒钟?)?", re.IGNORECASE)
_INDEX: Final = re.compile(r"\[\s*['\"]?([^\[\]'\"]+)['\"]?\s*\]")
_JSON_PATH: Final = re.compile(r"[^\s.\[\]*?@$(){}'\"]+(?:\.[^\s.\[\]*?@$(){}'\"]+)*")
_NOT_OF_PAGES: Final = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "utf-7", "mbcs", "oem"}
)


class Options(NamedTuple):
    """pace_s: least gap in seconds. The rest as in Target."""

    pace_s: float | None = None
    selector: str | None = None
    json_path: str | None = None
    charset: str | None = None


NONE: Final = Options()


class _Wrong(Exception):
    """A cell that cannot be used: field, reason, mend."""


def read_options(row: Row) -> Options | None:
    """The options of a row; None where one is wrong, which is reported."""
    if row.table.index.keys().isdisjoint(_FIELDS):
        return NONE
    try:
        return Options(_pace(row), _selector(row), _json_path(row), _charset(row))
    except _Wrong as wrong:
        row.bad(*wrong.args)
        return None


def _pace(row: Row) -> float | None:
    text = row.maybe("pace")
    if text is None:
        return None
    match = _SECONDS.fullmatch(narrow(text))
    seconds = float(match[1]) if match else 0.0
    if not 0 < seconds <= SLOWEST_S:
        raise _Wrong("pace", f"not a number of seconds from 0 to {SLOWEST_S:.0f}", "write the seconds, such as 5, or nothing")
    return seconds


def _selector(row: Row) -> str | None:
    text = row.maybe("selector")
    if text is not None and (trouble := _selector_trouble(text)):
        raise _Wrong("selector", trouble, "write CSS such as ul.list li, or XPath that begins with / or (")
    return text


@lru_cache(maxsize=4096)
def _selector_trouble(text: str) -> str | None:
    """Why a selector cannot be used. The libraries are loaded only for registers that have one."""
    from cssselect import SelectorError
    from lxml.etree import XPath, XPathSyntaxError
    from parsel.csstranslator import HTMLTranslator

    try:
        XPath(text if text.startswith(("/", "(")) else HTMLTranslator().css_to_xpath(text))
    except SelectorError as error:
        return f"not a CSS selector ({error})"
    except (XPathSyntaxError, ValueError) as error:
        return f"not an XPath expression ({error})"
    return None


def _json_path(row: Row) -> str | None:
    printed = row.maybe("json_path")
    if printed is None:
        return None
    path = _INDEX.sub(r".\1", printed.removeprefix("$")).removeprefix(".")
    if not _JSON_PATH.fullmatch(path):
        raise _Wrong("json_path", "not a dotted path", "write the names from the outside in, such as data.list")
    if path != printed:
        row.mended("json_path", f"read as {path}", f"write {path}")
    return path


def _charset(row: Row) -> str | None:
    printed = row.maybe("charset")
    if printed is None:
        return None
    name = _codec(narrow(printed))
    if name is None:
        raise _Wrong("charset", "no charset of web pages that is known here", "write utf-8 or gb18030, or nothing")
    return name


@lru_cache(maxsize=256)
def _codec(printed: str) -> str | None:
    try:
        info = codecs.lookup(printed)
        "".encode(printed)
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if info.name.replace("_", "-") in _NOT_OF_PAGES else info.name
