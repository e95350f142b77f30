"""Sentences with figures in them: `共{sites.total}家[[，其中::市级{sites.portal.city}家;;县级{sites.portal.county}家]]。`

{key}           how the figure is printed, or one of the issue's times and names
{key|filter}    one of FILTERS instead
{?key}          nothing; but its clause needs the figure
[[clause]]      left out where a figure in it is not known, or is nought
[[before::one;;two::after]]   a list: of its items those stay whose figures are known and not nought, joined by 、
"""

import re
from collections.abc import Callable, Mapping
from itertools import zip_longest
from typing import Final

from checker.circular.model import Statistic

_HOLE: Final = re.compile(r"\{([^{}|]+)(?:\|([a-z_]+))?\}")
_SILENT: Final = "?"
_CLAUSE: Final = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)


class Texts:
    """Fills sentences from figures and named texts; `used` collects the figures that were printed."""

    def __init__(self, figures: Mapping[str, Statistic], named: Mapping[str, str | None]) -> None:
        self.figures = figures
        self.named = named
        self.used: set[str] = set()

    def fill(self, template: str) -> str | None:
        """The sentence; None where a figure outside of every clause is not known, or none of its clauses is left.

        What is put in is never read as a template itself: a name may hold braces.
        """
        parts = _CLAUSE.split(template)
        plain, clauses = parts[::2], [self._clause(text) for text in parts[1::2]]
        if clauses and not any(clauses) and not any(map(_HOLE.search, plain)):
            return None
        filled = [self._holes(text) for text in plain]
        if None in filled:
            return None
        return "".join((text or "") + clause for text, clause in zip_longest(filled, clauses, fillvalue=""))

    def _clause(self, text: str) -> str:
        before, *parts = text.split("::")
        if not parts:
            return "" if self._lacks(text) else self._holes(text) or ""
        items = [self._holes(item) or "" for item in parts[0].split(";;") if not self._lacks(item)]
        return f"{before}{'、'.join(items)}{''.join(parts[1:])}" if items else ""

    def _lacks(self, text: str) -> bool:
        return any(self._nought(hole[1]) for hole in _HOLE.finditer(text))

    def _holes(self, text: str) -> str | None:
        known = True

        def put(hole: re.Match[str]) -> str:
            nonlocal known
            if hole[1].startswith(_SILENT):
                return ""
            said = self._one(hole[1], hole[2])
            known = known and said is not None
            return said or ""

        filled = _HOLE.sub(put, text)
        return filled if known else None

    def _one(self, key: str, wanted: str | None) -> str | None:
        figure = self.figures.get(key)
        if figure is None:
            return self.named.get(key)
        self.used.add(key)
        return FILTERS[wanted](figure, self.figures) if wanted in FILTERS else figure.printed

    def _nought(self, key: str) -> bool:
        key = key.removeprefix(_SILENT)
        figure = self.figures.get(key)
        return not (figure.value if figure is not None else self.named.get(key))


def _coverage(figure: Statistic, _: Mapping[str, Statistic]) -> str:
    return "全覆盖检查" if figure.value == 100 else f"检查（检查比例{figure.printed}）"


def _rectified(figure: Statistic, figures: Mapping[str, Statistic]) -> str:
    found = figures.get(figure.key.replace(".rectified", ".found"))
    if found is None or found.value == figure.value:
        return "均已整改到位"
    return f"已整改{figure.printed}个，其余仍未整改到位"


FILTERS: Final[dict[str | None, Callable[[Statistic, Mapping[str, Statistic]], str]]] = {
    "coverage": _coverage,
    "rectified": _rectified,
}
