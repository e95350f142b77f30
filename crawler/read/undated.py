"""Groups of links without dates: the largest of them may be a list whose dates stand in its URLs or only in its articles."""

import re
from typing import Final

from crawler.read.choose import Names, look, proved
from crawler.read.links import Base, links_of, main_link
from crawler.read.outline import outline
from crawler.read.rowread import RowRead
from crawler.read.rows import find_groups
from crawler.read.weigh import Weighed, is_own

_TITLE_LINK: Final = re.compile(r"<a\b[^<>]*>\s*(?>(?:<(?!a\b)[^<>]*>\s*)*)(?=[^<>]{10,})", re.IGNORECASE)
_MOST_LINKS: Final = 1_000
_LEAST_TITLE: Final = 10


def link_groups(text: str, base: Base, called: Names) -> list[Weighed]:
    """Groups of rows that are links with titles long enough to be articles', and that something but their size speaks for."""
    positions = [match.end() for match, _ in zip(_TITLE_LINK.finditer(text), range(_MOST_LINKS), strict=False)]
    if len(positions) < 1:
        return []
    outlined = outline(text, positions)
    made = []
    for group in find_groups(outlined, positions, complete=False):
        rows = []
        for row in group.rows:
            link = main_link(links_of(text, row.start, row.end))
            if link is not None and len(link.title) >= _LEAST_TITLE:
                rows.append(RowRead(link.title, link.href, [], row.start, base.absolute(link.href)))
        if not rows:
            continue
        weighed = Weighed(group, rows, [None] * len(rows))
        addresses = [row.url for row in rows[:40] if row.url]
        if addresses:
            weighed.own = sum(is_own(a, base) for a in addresses) / len(addresses)
            weighed.foreign = sum(not a.startswith(base.origin + "/") for a in addresses) / len(addresses)
        weighed.linked = 1.0
        weighed.score = weighed.base = min(len(rows), 20) + 12 * (weighed.own >= 0.5) - 6 * (weighed.foreign > 0.5)
        made.append(weighed)
    looked = look(text, made, called)
    return proved(text, [w for w in made if w.reason == "fewer_rows"], looked)
