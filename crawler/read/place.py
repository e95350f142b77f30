"""Where on the page a stretch of markup stands: the blocks around it, and what follows it."""

import re
from typing import Final

from crawler.read.outline import outline
from crawler.read.page import Reason
from crawler.read.rows import Group

_SIDE: Final = re.compile(
    r"(?:class|id)\s*=\s*[\"']?[^\"'<>]*?(?<![a-z])(?:side(?:bar|box|nav|list)?|sider\w*|aside|hot\w*|rank\w*|recommend\w*|tuijian"
    r"|relat\w*|xgxx|recent\w*|latest\w*|newest)(?![a-z])",
    re.IGNORECASE,
)
_OUT: Final = re.compile(
    r"<(?:footer|nav)\b|(?:class|id)\s*=\s*[\"']?[^\"'<>]*?(?<![a-z])"
    r"(?:foot(?:er)?\w*|copyright\w*|nav(?:bar|igation)?|menu\w*|breadcrumb|friend\w*link\w*)(?![a-z])",
    re.IGNORECASE,
)
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_PAGER: Final = re.compile(
    r"[上下]一?页|末页|尾页|createPage|laypage|pagination|pag(?:e|er|es|ing)[\"'_ -]"
    r"|共\s*(?:<[^<>]*>\s*)*[1-9][0-9]*\s*(?:<[^<>]*>\s*)*[页条]"
)
_TAG: Final = re.compile(
    r"<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)\s*>|<[^<>]*>|&[a-z]+;", re.IGNORECASE | re.DOTALL
)
_LITTLE_TEXT: Final = 24
_LOOK_BACK: Final = 4_000
_BEHIND: Final = 2_500


def surroundings(text: str, group: Group) -> list[str]:
    """The start tags of the blocks around a group, innermost first, as far as 4,000 characters back tell."""
    at, outlined, number = group.start, group.outlined, group.rows[0].block
    if outlined is None or number <= 0 or at - _LOOK_BACK < outlined.start[0]:
        return _around(text, at)
    return [outlined.tag(n) for n in (number, *outlined.ancestors(number)) if outlined.start[n] >= at - _LOOK_BACK]


def _around(text: str, at: int) -> list[str]:
    outlined = outline(text, [at], max(0, at - _LOOK_BACK), at)
    number = outlined.at[0]
    return [outlined.tag(n) for n in (number, *outlined.ancestors(number)) if n > 0] if number > 0 else []


def against(tags: list[str]) -> tuple[float, Reason]:
    """What the blocks around a group say against it: a score of 0 or less, and why."""
    for tag in tags[:6]:
        if _OUT.search(tag):
            lowered = tag.lower()
            return -20.0, "footer" if "foot" in lowered or "copyright" in lowered else "navigation"
    for tag in tags[:4]:
        if _SIDE.search(tag):
            return -8.0, "sidebar"
    return 0.0, "fewer_rows"


def is_hidden(tags: list[str]) -> bool:
    """Whether one of the nearest blocks is not shown (a tab that is not open, a template)."""
    return any(_HIDDEN.search(tag) for tag in tags[:4])


def has_pager(text: str, end: int, limit: int | None = None) -> bool:
    """Whether page numbers follow soon behind a position, before `limit`, with next to no text between."""
    stop = min(end + _BEHIND, len(text) if limit is None else limit)
    pager = _PAGER.search(text, end, stop)
    if pager is None:
        return False
    between = text[end : pager.start()]
    return "<h" not in between and len("".join(_TAG.sub("", between[: between.rfind("<") + 1]).split())) <= _LITTLE_TEXT
