"""Sightings through a bridge, weighed by its health: silence is proved up to its last sign of life and no further."""

from datetime import datetime

import pytest
from msgspec.structs import replace

from crawler.accounts.bridgeforms import ERRORS, FEED_FAULTS, scope_of
from crawler.records import BEIJING, Account, Flag, Item, Outcome, Reading, Sighting, stamp
from scheduler.accounts.bridged import poll_of, weighed
from scheduler.accounts.bridges import DAY_MS, BridgeHealth, Cause, Poll, State

NOW_MS = round(datetime(2026, 9, 2, 9, 0, tzinfo=BEIJING).timestamp() * 1000)
AT = "2026-09-01T10:20:30+08:00"
AT_MS = round(datetime.fromisoformat(AT).timestamp() * 1000)
DAY = "2026-08-30"
DAY_START_MS = round(datetime(2026, 8, 30, tzinfo=BEIJING).timestamp() * 1000)


def seen(*flags: Flag, outcome: Outcome = "ok", reason: str | None = None) -> Sighting:
    return Sighting(
        1,
        2,
        NOW_MS,
        outcome,
        reason,
        digest="d",
        reading=Reading("feed", AT, "second", "feed", items=3, dated=2),
        items=(Item("甲", None, AT), Item("乙", None, DAY), Item("丙", None, None)),
        flags=flags,
        account=Account("alive"),
        observed_by="bridge_feed",
    )


def health(state: State, cause: Cause | None = None, life_ms: int | None = AT_MS) -> BridgeHealth:
    return BridgeHealth(state, NOW_MS - DAY_MS, cause, NOW_MS, NOW_MS, life_ms)


def test_a_sound_feed_is_a_poll_with_its_posts() -> None:
    assert poll_of("a", seen()) == Poll("a", NOW_MS, True, posts=(AT_MS, DAY_START_MS))


@pytest.mark.parametrize("error", [*ERRORS, *FEED_FAULTS])
def test_every_error_is_a_failed_poll_of_its_scope(error: str) -> None:
    sighting = seen(Flag("bridge_error", error), outcome="inconclusive", reason="bridge_sick")
    assert poll_of("a", sighting) == Poll("a", NOW_MS, False, scope_of(error))


def test_an_empty_or_unknown_feed_is_the_accounts_and_the_rest_the_bridges() -> None:
    own = {"no_such_feed", "empty_feed", "undated_feed", "stamped_by_bridge", "not_synced"}
    assert {name for name in (*ERRORS, *FEED_FAULTS) if scope_of(name) == "account"} == own


def test_a_bridge_that_cannot_be_reached_failed() -> None:
    assert poll_of("a", seen(outcome="connect", reason="refused")) == Poll("a", NOW_MS, False, "bridge")


def test_what_was_not_asked_of_a_bridge_is_no_poll() -> None:
    assert poll_of("a", replace(seen(), observed_by="public_http")) is None
    assert poll_of("a", replace(seen(), requests=0)) is None


@pytest.mark.parametrize("cause", ["failing", "all_empty", "all_silent"])
def test_nothing_is_said_through_a_sick_bridge(cause: Cause) -> None:
    said = weighed(seen(Flag("bridge", "hub")), health("sick", cause))
    assert (said.outcome, said.reason, said.items, said.digest) == ("inconclusive", "bridge_sick", (), None)
    assert said.reading is not None
    assert (said.reading.state, said.reading.newest) == ("none", None)
    assert said.account == Account("unknown")
    assert said.flags == (Flag("bridge", "hub"), Flag("bridge_error", cause))


def test_silence_is_proved_up_to_the_bridges_last_sign_of_life() -> None:
    said = weighed(seen(), health("ok"))
    assert (said.outcome, said.reading) == ("ok", seen().reading)
    assert said.flags == (Flag("bridge_alive_until", stamp(AT_MS)),)


def test_through_a_bridge_of_unknown_health_a_date_is_a_lower_bound() -> None:
    said = weighed(seen(), health("unknown", "too_few"))
    assert said.reading == seen().reading
    assert [flag.name for flag in said.flags] == ["lower_bound"]
    assert [flag.name for flag in weighed(said, health("unknown")).flags] == ["lower_bound"]


def test_other_sightings_pass_as_they_are() -> None:
    public = replace(seen(), observed_by="public_http")
    failed = seen(Flag("bridge_error", "upstream"), outcome="inconclusive", reason="bridge_sick")
    for sighting in (public, failed):
        assert weighed(sighting, health("sick", "failing")) is sighting
