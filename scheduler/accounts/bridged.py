"""What passes between a bridge's health and the sightings that came through it. Pure.

    sighting ──► poll_of ──► bridges.polled ──► health ──► weighed(sighting, health) ──► what may be recorded

A sighting through a sick bridge proves nothing. One through a bridge that is well proves an account's silence up to the
latest post that came through the bridge at all, and says so in the flag `bridge_alive_until`: a death that nobody has noticed
yet accuses nobody.
"""

from datetime import date, datetime, time
from typing import Final

from msgspec.structs import replace

from crawler.accounts.bridgeforms import bridge_error, scope_of
from crawler.records import BEIJING, NOTHING, Account, Flag, Sighting, stamp
from scheduler.accounts.bridges import BridgeHealth, Poll

_DAY_LENGTH: Final = len("2026-11-20")


def poll_of(account: str, sighting: Sighting) -> Poll | None:
    """The poll that a sighting through a bridge was; None where it tells nothing of the bridge (it was not asked).

    A post of which the day alone is known counts from that day's beginning.
    """
    if sighting.observed_by != "bridge_feed" or sighting.requests == 0:
        return None
    error = bridge_error(sighting)
    if error is None and sighting.outcome not in ("ok", "not_observable"):
        return Poll(account, sighting.at_ms, False, "bridge")
    if error is not None:
        return Poll(account, sighting.at_ms, False, scope_of(error))
    return Poll(account, sighting.at_ms, True, posts=tuple(_ms(item.date) for item in sighting.items if _whole(item.date)))


def weighed(sighting: Sighting, health: BridgeHealth) -> Sighting:
    """The sighting as it may be recorded while its bridge is in this health.

    sick     inconclusive/bridge_sick, without a reading
    unknown  kept as a lower bound: it proves the posts it shows, not that there were no others
    ok       kept, with `bridge_alive_until`
    """
    if sighting.observed_by != "bridge_feed" or sighting.outcome != "ok":
        return sighting
    if health.state == "sick":
        flags = (*sighting.flags, Flag("bridge_error", health.cause or "failing"))
        return replace(
            sighting,
            outcome="inconclusive",
            reason="bridge_sick",
            reading=NOTHING,
            items=(),
            flags=flags,
            account=Account("unknown"),
            digest=None,
            etag=None,
            last_modified=None,
            unchanged=False,
        )
    if health.state == "unknown" or health.life_ms is None:
        bound = Flag("lower_bound", "the bridge is not known to be well")
        return sighting if _has(sighting, "lower_bound") else replace(sighting, flags=(*sighting.flags, bound))
    return replace(sighting, flags=(*sighting.flags, Flag("bridge_alive_until", stamp(health.life_ms))))


def _has(sighting: Sighting, name: str) -> bool:
    return any(flag.name == name for flag in sighting.flags)


def _whole(written: str | None) -> bool:
    return written is not None and len(written) >= _DAY_LENGTH


def _ms(written: str | None) -> int:
    text = written or ""
    if len(text) > _DAY_LENGTH:
        moment = datetime.fromisoformat(text)
    else:
        moment = datetime.combine(date.fromisoformat(text), time(), BEIJING)
    return round(moment.timestamp() * 1000)
