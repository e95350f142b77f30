"""The block structure of a stretch of markup in one pass, by position: which block stands where, and inside which other.

lxml builds a node for every tag of the page; a list needs to know only how the blocks around its dozens of dates nest. So this
walks the tags of a stretch once, keeps a stack of block elements (inline ones are looked up in the text when a row is read) and
notes the innermost block at each position asked for. Comments, scripts and styles are stepped over, except
`<script type="text/xml">`, where Hanweb keeps the rows. Unclosed li, tr, td, dt, dd and p end where HTML says they end; stray
end tags are ignored.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

MOST_TAGS: Final = 100_000
"""Tags looked at: a longer stretch is read as if it had been cut there (about 60 ms)."""

_TAG: Final = re.compile(r"<(!--|/?(?!(?:a|span|img|br|b|i|em|strong|font|input)[\s/>])[a-zA-Z0-9-]+)")
"""Tags that may matter; the commonest inline ones are passed over by `re`, which costs a third of looking them up."""
_BLOCKS: Final = (
    *(
        "div",
        "ul",
        "ol",
        "li",
        "table",
        "tbody",
        "thead",
        "tr",
        "td",
        "th",
        "dl",
        "dt",
        "dd",
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
    ),
    *("h6", "section", "article", "nav", "header", "footer", "aside", "main", "form", "center", "fieldset", "iframe", "menu"),
    *("figure", "blockquote", "textarea", "details"),
)
_STEPPED_OVER: Final = {"script": "</script", "style": "</style"}
_OPENS: Final[dict[str, str]] = {
    spelling: name for name in (*_BLOCKS, *_STEPPED_OVER) for spelling in (name, name.upper(), name.capitalize())
}
_CLOSES: Final[dict[str, str]] = {f"/{spelling}": name for spelling, name in _OPENS.items() if name not in _STEPPED_OVER}
_IMPLIES: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu", "table"})),
    "tr": (frozenset({"tr", "td", "th"}), frozenset({"table"})),
    "td": (frozenset({"td", "th"}), frozenset({"table", "tr"})),
    "th": (frozenset({"td", "th"}), frozenset({"table", "tr"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl", "table", "ul"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl", "table", "ul"})),
    "p": (frozenset({"p"}), frozenset()),
}
"""What a start tag ends, and what shields from it."""
_CELLS: Final = frozenset({"td", "th", "table"})
_WRITES: Final = re.compile(r"document\.write(?:ln)?\s*\([^)]*$|(?:timeConvert|formatDate|getDate)\s*\([^)]*$")
_LOOK_BACK: Final = 32


class Outline:
    """Block elements as parallel lists, in document order; number 0 is the stretch itself.

    name, parent, start, end   of each block; `start` is its "<", `end` lies behind its end tag
    at                         number of the innermost block at each position asked for; -1 where nothing is shown
    whole                      False if the stretch had more than MOST_TAGS tags
    """

    __slots__ = ("at", "end", "name", "parent", "start", "text", "whole")

    def __init__(self, text: str, start: int, end: int):
        self.text = text
        self.name: list[str] = [""]
        self.parent: list[int] = [-1]
        self.start: list[int] = [start]
        self.end: list[int] = [end]
        self.at: list[int] = []
        self.whole = True

    def tag(self, number: int) -> str:
        """The start tag of a block, such as `<div class="list">`."""
        start = self.start[number]
        return self.text[start : self.text.find(">", start, start + 1000) + 1 or start + 200] if number else ""

    def ancestors(self, number: int) -> list[int]:
        """The blocks around `number`, innermost first, without the stretch itself."""
        found = []
        number = self.parent[number]
        while number > 0:
            found.append(number)
            number = self.parent[number]
        return found


def outline(text: str, positions: Sequence[int], start: int = 0, end: int | None = None) -> Outline:
    """The blocks of `text[start:end]`; `positions` (ascending) are those whose innermost block is wanted."""
    end = len(text) if end is None else end
    made = Outline(text, start, end)
    names, parents, starts, ends, at = made.name, made.parent, made.start, made.end, made.at
    opens, closes, implies = _OPENS.get, _CLOSES.get, _IMPLIES.get
    stack = [0]
    top = skip = 0
    left = MOST_TAGS + 1
    wanted = iter((*positions, end + 1))
    position = next(wanted)
    never = _Never(text, end)
    for match in _TAG.finditer(text, start, end):
        here = match.start()
        if here < skip:
            continue
        key = match[1]
        if name := opens(key):
            if position < here:
                position = _fill(at, wanted, position, here, top)
            if name in _STEPPED_OVER:
                skip = never.after(name, here)
                position = _written(text, at, wanted, position, here, skip, top if name == "script" else -1)
                continue
            rule = implies(name)
            if rule is not None and names[top] not in rule[1]:
                _imply(name, stack, names, ends, here)
            parents.append(stack[-1])
            top = len(names)
            stack.append(top)
            names.append(name)
            starts.append(here)
            ends.append(end)
        elif name := closes(key):
            if position < here:
                position = _fill(at, wanted, position, here, top)
            behind = here + len(key) + 2
            if names[top] == name:
                ends[top] = behind
                stack.pop()
            else:
                _close(name, stack, names, ends, behind)
            top = stack[-1]
        elif key == "!--":
            position = _fill(at, wanted, position, here, top)
            skip = never.after("!--", here)
            position = _fill(at, wanted, position, skip, -1)
            continue
        else:
            continue
        left -= 1
        if not left:
            made.whole = False
            break
    _fill(at, wanted, position, end + 1, top)
    return made


def _fill(at: list[int], wanted: Iterator[int], position: int, limit: int, number: int) -> int:
    """Note `number` for the positions before `limit`, from `position` on; the first that is not before it."""
    while position < limit:
        at.append(number)
        position = next(wanted)
    return position


def _written(text: str, at: list[int], wanted: Iterator[int], position: int, start: int, end: int, number: int) -> int:
    """As `_fill`, for what stands in a script or style: only what a script writes is shown."""
    while position < end:
        shown = number >= 0 and _WRITES.search(text, max(start, position - 100), position)
        at.append(number if shown else -1)
        position = next(wanted)
    return position


class _Never:
    """Where comments, scripts and styles end; remembers which never do, so that a page full of them costs nothing."""

    __slots__ = ("end", "ended", "text")

    def __init__(self, text: str, end: int):
        self.text = text
        self.end = end
        self.ended: set[str] = set()

    def after(self, name: str, here: int) -> int:
        if name in self.ended:
            return here
        if name == "!--":
            found = self.text.find("-->", here, self.end)
            if found >= 0:
                return found + 3
        else:
            if name == "script" and self.text.find("text/xml", here, here + 60) >= 0:
                return here
            closing = _STEPPED_OVER[name]
            found = self.text.find(closing, here, self.end)
            if found < 0:
                found = self.text.find(closing.upper(), here, self.end)
            if found >= 0:
                return found + len(closing)
        self.ended.add(name)
        return here


def _imply(name: str, stack: list[int], names: list[str], ends: list[int], here: int) -> None:
    closes, shields = _IMPLIES[name]
    if name == "p":
        if names[stack[-1]] == "p":
            ends[stack.pop()] = here
        return
    depth = len(stack)
    for back in range(depth - 1, max(0, depth - _LOOK_BACK), -1):
        inner = names[stack[back]]
        if inner in shields:
            return
        if inner in closes:
            for number in stack[back:]:
                ends[number] = here
            del stack[back:]
            if name != "tr" or inner == "tr":
                return


def _close(name: str, stack: list[int], names: list[str], ends: list[int], behind: int) -> None:
    depth = len(stack)
    for back in range(depth - 1, max(0, depth - _LOOK_BACK), -1):
        inner = names[stack[back]]
        if inner == name:
            for number in stack[back:]:
                ends[number] = behind
            del stack[back:]
            return
        if inner in _CELLS and name not in ("tr", "tbody", "table", "td", "th"):
            return
