"""Which targets are due, and when they are due again: the one difference between a pass and a service.

A pass has one due time; its ledger's due column holds the due time of the last pass that looked, so whatever is below
this pass's is still to be looked at. A service's ledger holds each target's next due time.
"""

from typing import Protocol

from scheduler.ledger import DueTarget
from scheduler.state import State

FOREVER_MS = 1 << 62


class Calendar(Protocol):
    def before_ms(self, now_ms: int) -> int:
        """Rows of the ledger with a due column below this are due."""
        ...

    def horizon_ms(self) -> int:
        """Rows with a due column below this will ever be due."""
        ...

    def due_ms(self, target: DueTarget) -> int:
        """The due time of the visit to make."""
        ...

    def next_due_ms(self, kind: str, key: str, part: bytes | None, state: State) -> int:
        """The due column after a line. `part` is the column as observations carry it (JSON), None for other targets."""
        ...


class Pass:
    """Every target once, all due at the pass's own time."""

    def __init__(self, due_ms: int) -> None:
        self._due_ms = due_ms

    def before_ms(self, now_ms: int) -> int:
        return self._due_ms

    def horizon_ms(self) -> int:
        return self._due_ms

    def due_ms(self, target: DueTarget) -> int:
        return self._due_ms

    def next_due_ms(self, kind: str, key: str, part: bytes | None, state: State) -> int:
        return state.due_ms
