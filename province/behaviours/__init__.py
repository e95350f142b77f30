"""What each fault does on the wire. Faults of names, connections and TLS are made by the listeners instead."""

from typing import Final

from province.behaviours import bodies, redirects, refusals, timing, wire
from province.behaviours.case import Behaviour, Case

BEHAVIOURS: Final[dict[str, Behaviour]] = {
    **timing.BEHAVIOURS,
    **bodies.BEHAVIOURS,
    **wire.BEHAVIOURS,
    **redirects.BEHAVIOURS,
    **refusals.BEHAVIOURS,
    "refused": bodies.hang_up,
    "nxdomain": bodies.hang_up,
}

__all__ = ["BEHAVIOURS", "Behaviour", "Case"]
