"""How lists get to their readers: in the page, by a script's request, in a frame, as a feed; each as one table row."""

from typing import Final

from province.deliveries import answers, feeds, frames, gkmlpt, hanweb, jpaas
from province.deliveries.form import Ask, Delivery, Reply, Scene

DELIVERIES: Final[dict[str, Delivery]] = {
    row.name: row
    for row in (
        Delivery("page", "the list stands in the page"),
        *hanweb.DELIVERIES,
        *jpaas.DELIVERIES,
        *gkmlpt.DELIVERIES,
        *answers.DELIVERIES,
        *frames.DELIVERIES,
        *feeds.DELIVERIES,
    )
}

__all__ = ["DELIVERIES", "Ask", "Delivery", "Reply", "Scene"]
