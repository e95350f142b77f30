"""What a behaviour is given and gives back."""

from collections.abc import Callable
from dataclasses import dataclass

from province.model import Column, Site
from province.renderer import Page, Renderer
from province.seeds import number
from province.server import Asked, Slow


@dataclass(frozen=True)
class Case:
    """One request to a target behind a fault.

    page     what a healthy host would have answered, or None where it has no such page
    column   the column asked for, or None
    refuge   address of another site's column, for redirects
    """

    renderer: Renderer
    site: Site
    column: Column | None
    asked: Asked
    page: Page
    refuge: str | None

    def draw(self, *words: object) -> int:
        """64 bits named by the host, the path and `words`."""
        return number(self.renderer.plan.seed, self.site.host, self.asked.target, *words)


Behaviour = Callable[[Case], bytes | Slow]
