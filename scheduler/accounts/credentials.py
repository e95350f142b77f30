"""The state of a token or login that somebody lends us: pure, one alert at the first change of each (newmedia.md §2, §4).

           ok ──(its end is near)──► expiring ──(its end)──► expired
    ok, expiring ──(429, frequency control)──► rate_limited ──(the wait is over)──► ok, expiring
    any ──(refused, session invalid)──► expired        any ──(shut out)──► banned
    any ──(it works)──► ok, expiring                   any ──(renewed)──► ok

Nothing is evaded: a limited credential waits, a banned or expired one is tried once in a long while and otherwise left alone
until somebody renews it. The secret itself is not here.
"""

from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

State = Literal["ok", "expiring", "expired", "rate_limited", "banned"]
Sign = Literal["ok", "refused", "expired", "rate_limited", "banned"]
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS

_TO: Final[dict[Sign, State]] = {"refused": "expired", "expired": "expired", "rate_limited": "rate_limited", "banned": "banned"}


class Terms(Struct, frozen=True):
    """warn_ms: how long before its end a credential is `expiring`; wait_ms: the least wait once limited, doubled each time
    up to most_wait_ms; retry_ms: how often one that is expired or banned is tried again; calm_ms: how long all must have been
    well before the same trouble is worth a second alert."""

    warn_ms: int = 3 * DAY_MS
    wait_ms: int = HOUR_MS
    most_wait_ms: int = DAY_MS
    retry_ms: int = DAY_MS
    calm_ms: int = DAY_MS


class Credential(Struct, frozen=True):
    """ends_ms: when it runs out, if known. next_ms: not to be used before; None: at any time.

    alerted  the states that were told already; limited: how often in a row it was limited
    """

    name: str
    state: State = "ok"
    since_ms: int = 0
    ends_ms: int | None = None
    next_ms: int | None = None
    alerted: frozenset[State] = frozenset()
    limited: int = 0


class Alert(Struct, frozen=True):
    """The first change of a credential to a state: worth one message to whoever can renew it."""

    name: str
    state: State
    since_ms: int


Step = tuple[Credential, Alert | None]


def used(credential: Credential, sign: Sign, now_ms: int, retry_after_s: float = 0.0, terms: Terms | None = None) -> Step:
    """After a request with it: what its answer told. One that works after its end had another end than was thought."""
    terms = terms or Terms()
    if sign == "ok":
        well = credential if credential.state in ("ok", "expiring") else _in(credential, "ok", now_ms)
        ends = None if credential.ends_ms is not None and credential.ends_ms <= now_ms else credential.ends_ms
        return passed(replace(well, next_ms=None, limited=0, ends_ms=ends), now_ms, terms)
    state = _TO[sign]
    if state == "rate_limited":
        if credential.state in ("expired", "banned"):
            return credential, None
        wait = min(terms.wait_ms << min(credential.limited, 10), terms.most_wait_ms)
        limited = replace(credential, limited=credential.limited + 1, next_ms=now_ms + max(wait, round(retry_after_s * 1000)))
        return _told(credential, _in(limited, state, now_ms))
    return _told(credential, replace(_in(credential, state, now_ms), next_ms=now_ms + terms.retry_ms))


def passed(credential: Credential, now_ms: int, terms: Terms | None = None) -> Step:
    """As time passes: its end comes near or is there, a wait is over, a trouble is long past."""
    terms = terms or Terms()
    state = credential.state
    if state == "rate_limited" and credential.next_ms is not None and now_ms >= credential.next_ms:
        state = "ok"
    if state in ("ok", "expiring") and credential.ends_ms is not None:
        left = credential.ends_ms - now_ms
        state = "expired" if left <= 0 else "expiring" if left <= terms.warn_ms else "ok"
    after = _in(credential, state, now_ms)
    if state == "expired" and credential.state != "expired":
        after = replace(after, next_ms=now_ms + terms.retry_ms)
    if state == "ok" and now_ms - after.since_ms >= terms.calm_ms:
        after = replace(after, alerted=frozenset(), limited=0)
    return _told(credential, after)


def renewed(credential: Credential, now_ms: int, ends_ms: int | None = None) -> Credential:
    """A new secret under the same name: everything before is forgotten."""
    return Credential(credential.name, "ok", now_ms, ends_ms)


def usable(credential: Credential, now_ms: int) -> bool:
    """May it be used now?"""
    return credential.next_ms is None or now_ms >= credential.next_ms


def _in(credential: Credential, state: State, now_ms: int) -> Credential:
    return credential if credential.state == state else replace(credential, state=state, since_ms=now_ms)


def _told(before: Credential, after: Credential) -> Step:
    if after.state in ("ok", before.state) or after.state in after.alerted:
        return after, None
    return replace(after, alerted=after.alerted | {after.state}), Alert(after.name, after.state, after.since_ms)
