"""Percentages as circulars print them (circulars.md §4): half-up or truncated, 0-2 decimals, never 100 with failures."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Final, Literal

from msgspec import Struct

Mode = Literal["half_up", "truncate"]
_MODES: Final[dict[Mode, str]] = {"half_up": ROUND_HALF_UP, "truncate": ROUND_DOWN}


class Rounding(Struct, frozen=True, forbid_unknown_fields=True):
    """How one rate is printed. `zeros` keeps trailing zeros (99.80%); a whole number is printed bare all the same (90%)."""

    mode: Mode = "half_up"
    decimals: int = 1
    zeros: bool = True


class Rate(Struct, frozen=True):
    """A rate in percent, as a number and as printed; `guarded` where rounding would have said 100 % (or 0) wrongly."""

    value: Decimal
    printed: str
    guarded: bool = False

    @property
    def number(self) -> int | float:
        return int(self.value) if self.value == self.value.to_integral_value() else float(self.value)


def rate(part: int, whole: int, rounding: Rounding) -> Rate:
    """`part` of `whole` in percent. Raises ValueError where there is no whole, or the part exceeds it."""
    if whole <= 0 or not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no share")
    exact = Decimal(part) * 100 / Decimal(whole)
    value = _quantised(exact, rounding.decimals, rounding.mode)
    guarded = value == 100 and part < whole
    if guarded:
        value = _quantised(exact, rounding.decimals, "truncate")
    return Rate(value, printed(value, rounding.zeros), guarded)


def printed(value: Decimal, zeros: bool = True) -> str:
    """`97.9%`, `99.80%`, and `100%` for a whole number."""
    if value == value.to_integral_value():
        return f"{int(value)}%"
    text = f"{value:f}"
    return f"{text if zeros else text.rstrip('0')}%"


def possible_parts(percent: Decimal, whole: int, mode: Mode = "half_up") -> tuple[int, ...]:
    """The whole numbers of `whole` that print as `percent`: none says that the rate has another base."""
    decimals = max(0, -int(percent.normalize().as_tuple().exponent))
    middle = int(percent * whole / 100)
    near = range(max(0, middle - 1), min(whole, middle + 2) + 1)
    return tuple(n for n in near if _quantised(Decimal(n) * 100 / whole, decimals, mode) == percent)


def _quantised(value: Decimal, decimals: int, mode: Mode) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=_MODES[mode])
