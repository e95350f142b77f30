"""Give freed memory back to the system. Pages of all sizes come and go by the thousand, and glibc keeps what they held."""

import ctypes
from collections.abc import Callable
from typing import Final

EVERY_S: Final = 60.0
ARENAS: Final = 2
"""One for the loop's thread and one for all others: each arena keeps the most it ever held, and threads come by turns."""

_M_ARENA_MAX: Final = -8


def _find(name: str) -> Callable[..., int] | None:
    try:
        function: Callable[..., int] = getattr(ctypes.CDLL(None), name)
    except (AttributeError, OSError):
        return None  # another C library, which has its own ways
    return function


_trim = _find("malloc_trim")


def share_arenas() -> bool:
    """Let the threads of this process share a heap; to be called before any is started. Whether the C library can."""
    mallopt = _find("mallopt")
    return mallopt is not None and bool(mallopt(_M_ARENA_MAX, ARENAS))


def trim_heap() -> bool:
    """Whether anything was given back; False also where the C library cannot. Takes some milliseconds: call it in a thread."""
    return _trim is not None and bool(_trim(0))
