"""What is dealt to columns beside faults, so that every province of 60 sites × 20 columns has each of it: one deck.

Deliveries, blank lists of every family, pages that only look blank, marks, and what the days after will bring.
"""

from collections.abc import Container, Mapping, Sequence
from itertools import cycle
from typing import Final, NamedTuple

from province.seeds import rng

SHARE: Final = 0.12
"""Of the columns of hosts without a fault."""

Cell = tuple[int, int]


class Special(NamedTuple):
    """What one column is made of. dialects: of the sites that may have it, empty for all.

    alone  a site has at most one column of this delivery
    """

    delivery: str = "page"
    shape: str = "plain"
    mark: str | None = None
    history: str | None = None
    dialects: tuple[str, ...] = ()
    alone: bool = False

    def fits(self, dialect: str) -> bool:
        return not self.dialects or dialect in self.dialects


_HANWEB: Final = ("hanweb",)

DECK: Final = (
    *(Special("record", shape, dialects=_HANWEB) for shape in ("plain", "unordered", "blank_source")),
    *(Special("dataproxy", shape, dialects=_HANWEB) for shape in ("plain", "pinned_silent", "blank_source", "source_error")),
    *(Special("jpaas", shape, dialects=_HANWEB) for shape in ("plain", "plain", "future", "blank_source", "source_error")),
    Special("nextgroup", dialects=_HANWEB),
    *(Special("gkmlpt", shape, alone=True) for shape in ("plain", "unordered", "blank_source", "source_error")),
    *(Special("ucap", shape) for shape in ("plain", "pinned_silent", "blank_source", "source_error")),
    *(Special("json", shape) for shape in ("plain", "plain", "unordered", "future")),
    *(Special("jsonp", shape) for shape in ("plain", "unordered")),
    *(Special("iframe", shape) for shape in ("plain", "unordered")),
    Special("spa"),
    *(Special("rss", shape) for shape in ("plain", "unordered", "future")),
    Special("atom"),
    Special("jsonfeed"),
    *(Special(shape=shape) for shape in ("followed", "followed_unordered", "undated")),
    *(Special(shape="blank_total", dialects=(family,)) for family in ("trs", "hanweb", "vsb")),
    *(Special(shape=shape) for shape in ("script_unknown", "parent", "error_text")),
    *(
        Special(mark=mark)
        for mark in (
            "other_site",
            "other_site_whole",
            "other_column",
            "spam_title",
            "spam_meta",
            "spam_links",
            "hidden_links",
            "hidden_menu",
            "warning_words",
        )
    ),
    *(Special(history=history) for history in ("burst", "backdated")),
)


def deal(counts: Mapping[int, int], taken: Container[Cell], dialects: Sequence[str], seed: int) -> dict[Cell, Special]:
    """Cells and their specials. counts: columns of each site that may have some; taken: cells that have a fault.

    A special that fits no cell that is left is passed over. A deck is used up before a special comes twice.
    """
    random = rng(seed, "specials")
    cells = [(site, column) for site, count in counts.items() for column in range(count) if (site, column) not in taken]
    random.shuffle(cells)
    deck = list(DECK)
    random.shuffle(deck)
    wanted = max(round(len(cells) * SHARE), min(len(deck), len(cells) // 5))
    dealt: dict[Cell, Special] = {}
    alone: set[tuple[int, str]] = set()
    for special, _ in zip(cycle(deck), range(wanted), strict=False):
        place = next(
            (
                index
                for index, (site, _) in enumerate(cells)
                if special.fits(dialects[site]) and not (special.alone and (site, special.delivery) in alone)
            ),
            None,
        )
        if place is not None:
            cell = cells.pop(place)
            dealt[cell] = special
            alone.add((cell[0], special.delivery))
    return dealt
