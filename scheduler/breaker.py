"""A host that is down is left alone for a while. Pure; times are monotonic seconds.

    closed ──`failures` in a row──► open ──cool-off──► half_open ──a visit reaches it──► closed
                                     ▲                     │
                                     └──a visit does not───┘   twice as long each time, up to `most_s`

What counts    only what says that the host is down (`effect_of`). Any HTTP answer, an error or a challenge too, says that
               it is up. Causes of ours say nothing: a trial that ended so is no trial, and the next visit is one.
Held at first  the first opening lasts `first_s`: whatever falls due meanwhile waits (`holding`), so a hiccup of a minute costs
               no line. Only when the host was tried again and failed do due visits end as inconclusive/breaker_open
               (`ends_visits`), each at its own time.
Dead names     once a trial too says that the name does not exist, the next one is `no_name_s` away: names come back slowly.
Probes         are never stopped, and tell as much as any visit: one that gets through closes the breaker, one that fails after
               the cool-off is the trial that failed. A failure during the cool-off changes nothing: it may have begun before.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct

from crawler.records import Outcome

BreakerState = Literal["closed", "open", "half_open"]
Effect = Literal["up", "down", "neither"]

_OUTCOMES: Final[Mapping[Outcome, Effect]] = MappingProxyType(
    {
        "ok": "up",
        "challenged": "up",
        "blocked": "up",
        "soft_404": "up",
        "http_error": "up",
        "redirected": "up",
        "timeout": "down",
        "dns": "down",
        "connect": "down",
        "tls": "down",
        "malformed": "up",
        "too_large": "up",
        "parked": "up",
        "not_observable": "neither",
        "inconclusive": "neither",
        "internal": "neither",
    }
)
_REASONS: Final[Mapping[tuple[Outcome, str], Effect]] = MappingProxyType(
    {
        ("inconclusive", "servfail"): "down",
        ("inconclusive", "no_address"): "down",
        ("inconclusive", "not_confirmed"): "down",
        ("inconclusive", "retry_after"): "up",
        ("inconclusive", "unsupported_cipher"): "up",
        ("inconclusive", "guomi"): "up",
    }
)
"""Reasons that say something else than their outcome does."""


def effect_of(outcome: Outcome, reason: str | None) -> Effect:
    """What a visit's end says of its host: it is up, it is down, or nothing."""
    special = _REASONS.get((outcome, reason)) if reason else None
    return special or _OUTCOMES[outcome]


class BreakerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """failures: in a row, until it opens (0: never). first, most, no_name: cool-offs in seconds."""

    failures: int = 3
    first_s: float = 60.0
    most_s: float = 3600.0
    no_name_s: float = 6 * 3600.0


DEFAULTS: Final = BreakerSettings()
TRIAL_S: Final = 120.0
"""A trial that nothing was heard of for so long died with its crawler."""


class Breaker:
    """One host's breaker. `failures`: in a row. `open_until`: when the cool-off ends; 0 while closed."""

    __slots__ = ("_cool_off_s", "_failed_trials", "_settings", "_trial_until", "failures", "open_until")

    def __init__(self, settings: BreakerSettings = DEFAULTS) -> None:
        self._settings = settings
        self.failures = 0
        self.open_until = 0.0
        self._cool_off_s = 0.0  # 0 while closed
        self._failed_trials = 0
        self._trial_until = 0.0

    def saw(self, now: float, outcome: Outcome, reason: str | None, probe: bool = False) -> None:
        """A visit to the host ended at `now`. A probe counts like any other: it is only never stopped."""
        effect = effect_of(outcome, reason)
        if effect == "neither":
            self._trial_until = 0.0
            return
        if effect == "up":
            self.failures = self._failed_trials = 0
            self.open_until = self._cool_off_s = self._trial_until = 0.0
            return
        self.failures += 1
        state = self.state(now)
        if state == "half_open":
            self._failed_trials += 1
            no_name = (outcome, reason) == ("dns", "nxdomain")
            doubled = min(2 * self._cool_off_s, max(self._settings.most_s, self._settings.first_s))
            self._cool_off_s = doubled
            self._open(now, self._settings.no_name_s if no_name else doubled)
        elif state == "closed" and 0 < self._settings.failures <= self.failures:
            self._cool_off_s = self._settings.first_s
            self._open(now, self._cool_off_s)

    def state(self, now: float) -> BreakerState:
        if not self._cool_off_s:
            return "closed"
        return "open" if now < self.open_until else "half_open"

    def begin_trial(self, now: float) -> None:
        """A visit is sent to find out whether the host is back: until it ends, nothing else is. Only when half open."""
        if self.state(now) == "half_open":
            self._trial_until = now + TRIAL_S

    def trying(self, now: float) -> bool:
        """Is a trial under way?"""
        return now < self._trial_until

    def holding(self, now: float) -> bool:
        """Do due visits (no probes) wait, because it is not known yet whether the host is back?"""
        return self.trying(now) if self.state(now) != "open" else not self._failed_trials

    def ends_visits(self, now: float) -> bool:
        """Do due visits (no probes) end as inconclusive/breaker_open? The host was tried again and failed."""
        return self._failed_trials > 0 and self.state(now) == "open"

    @property
    def idle(self) -> bool:
        """Nothing is remembered: whoever keeps the breakers may drop this one."""
        return not self.failures and not self._cool_off_s

    def _open(self, now: float, seconds: float) -> None:
        self.open_until = now + seconds
        self._trial_until = 0.0
