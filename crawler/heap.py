"""Give freed memory back to the system. Pages of all sizes come and go by the thousand, and glibc keeps what they held."""

import ctypes
from collections.abc import Callable
from typing import Final

EVERY_S: Final = 60.0


def _find_trim() -> Callable[[int], int] | None:
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError):
        return None  # another C library, which has its own ways
    return trim


_trim = _find_trim()


def trim_heap() -> bool:
    """Whether anything was given back; False also where the C library cannot. Takes some milliseconds: call it in a thread."""
    return _trim is not None and bool(_trim(0))
