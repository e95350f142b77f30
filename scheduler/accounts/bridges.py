"""Is a bridge well? Pure: polls in, health out, at most one alarm per illness (newmedia.md §4, questions.md §3).

A bridge dies in three ways: it fails (no answer, errors, HTML), it answers with empty feeds, or it goes on answering 200 with
old items for everybody. The first two show at once. The third shows where the posts that its accounts used to send, taken
together, stay away longer than chance explains. While a bridge is not well, what it says of an account proves nothing: one
alarm about the bridge, never a hundred stale accounts.

    health = polled(health, poll)      after each answer
    health = looked_at(health, now_ms) as time passes without one
    alarm(before, after)               what to tell a person, once

`life_ms`, the latest post that came through the bridge at all, is its last proof of life: that an account was silent is
proved up to that instant only.
"""

from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

State = Literal["unknown", "ok", "sick"]
Cause = Literal["failing", "all_empty", "all_silent", "not_polled", "too_few"]
DAY_MS: Final = 86_400_000
HOUR_MS: Final = 3_600_000
_RATE_DAYS: Final = 30
_LEAST_REACH_DAYS: Final = 7.0
_MOST_POSTS: Final = 40


class Limits(Struct, frozen=True):
    """When a bridge is called sick.

    failures    failed polls in a row, over at least `failing_ms`
    sound       sound polls in a row that end such an illness
    expected    posts that should have come since the last one; a dozen stay away by chance once in 160,000 times
    quiet_ms    and at least so long must it be quiet: a night and a Sunday are no illness
    accounts    fewer accounts than this tell nothing about the bridge by their silence
    unpolled_ms without a poll for so long nothing is known
    """

    failures: int = 3
    failing_ms: int = 2 * HOUR_MS
    sound: int = 2
    expected: float = 12.0
    quiet_ms: int = 36 * HOUR_MS
    accounts: int = 3
    unpolled_ms: int = 2 * DAY_MS


class Poll(Struct, frozen=True):
    """One answer of a bridge about one account.

    ok     a sound feed with dated items
    scope  of a failure: this feed's (`account`: empty, unknown) or the program's (`bridge`)
    posts  instants of the feed's items, ms since the epoch; none where the answer was the one known already
    """

    account: str
    at_ms: int
    ok: bool
    scope: Literal["account", "bridge"] = "bridge"
    posts: tuple[int, ...] = ()


class Seen(Struct, frozen=True):
    """What is remembered of one account: whether its feed was empty or unknown at the last poll that told of it, and its
    latest posts, newest first."""

    empty: bool
    posts: tuple[int, ...] = ()


class BridgeHealth(Struct, frozen=True):
    """since_ms: when the state began, for `all_silent` the last post, for `failing` the first failure.

    last_ok_ms   the last successful poll
    life_ms      the latest post that came through
    failed       failed polls in a row, the first of them at `failed_ms`; sound: sound ones in a row
    """

    state: State = "unknown"
    since_ms: int | None = None
    cause: Cause | None = None
    last_poll_ms: int | None = None
    last_ok_ms: int | None = None
    life_ms: int | None = None
    failed: int = 0
    failed_ms: int | None = None
    sound: int = 0
    accounts: dict[str, Seen] = {}

    @property
    def believed(self) -> bool:
        """May an account's silence be read from this bridge's answers?"""
        return self.state == "ok"


class Alarm(Struct, frozen=True):
    """One line for a person: the bridge fell ill, or is well again."""

    kind: Literal["bridge_sick", "bridge_well"]
    cause: Cause | None
    since_ms: int | None


def polled(health: BridgeHealth, poll: Poll, limits: Limits | None = None) -> BridgeHealth:
    """The health after one more answer. Posts that lie ahead of the poll are not counted."""
    told = poll.posts if poll.ok else ()
    posts = tuple(sorted((ms for ms in told if ms <= poll.at_ms), reverse=True))[:_MOST_POSTS]
    before = health.accounts.get(poll.account, Seen(False))
    empty = not poll.ok and (poll.scope == "account" or before.empty)
    accounts = health.accounts | {poll.account: Seen(empty, posts or before.posts)}
    life = max((seen.posts[0] for seen in accounts.values() if seen.posts), default=health.life_ms)
    failing = not poll.ok and poll.scope == "bridge"
    health = replace(
        health,
        last_poll_ms=poll.at_ms,
        last_ok_ms=poll.at_ms if poll.ok else health.last_ok_ms,
        life_ms=life,
        failed=health.failed + 1 if failing else 0 if poll.ok else health.failed,
        failed_ms=(health.failed_ms or poll.at_ms) if failing else None if poll.ok else health.failed_ms,
        sound=health.sound + 1 if poll.ok else 0,
        accounts=accounts,
    )
    return looked_at(health, poll.at_ms, limits)


def looked_at(health: BridgeHealth, now_ms: int, limits: Limits | None = None) -> BridgeHealth:
    """The health at `now_ms`, without a new answer."""
    state, cause, since = _state(health, now_ms, limits or Limits())
    if (state, cause) == (health.state, health.cause):
        return health
    return replace(health, state=state, cause=cause, since_ms=since)


def alarm(before: BridgeHealth, after: BridgeHealth) -> Alarm | None:
    """What to tell: an illness once, whatever its cause becomes meanwhile, and its end."""
    if after.state == "sick" and before.state != "sick":
        return Alarm("bridge_sick", after.cause, after.since_ms)
    if before.state == "sick" and after.state == "ok":
        return Alarm("bridge_well", None, after.since_ms)
    return None


def forget(health: BridgeHealth, known: frozenset[str]) -> BridgeHealth:
    """Without the accounts that are no longer asked of this bridge."""
    return replace(health, accounts={code: seen for code, seen in health.accounts.items() if code in known})


def expected_posts(health: BridgeHealth, now_ms: int) -> float:
    """How many posts should have come since the last proof of life, had the accounts gone on as before."""
    life = health.life_ms
    if life is None:
        return 0.0
    return sum(_rate(seen.posts, life) for seen in health.accounts.values()) * max(0, now_ms - life) / DAY_MS


def _rate(posts: tuple[int, ...], life: int) -> float:
    """Posts per day in the thirty days before `life`; a feed that reaches less far back is measured over its own reach."""
    recent = [ms for ms in posts if ms > life - _RATE_DAYS * DAY_MS]
    if not recent:
        return 0.0
    reach = _RATE_DAYS if len(recent) < len(posts) else max(_LEAST_REACH_DAYS, (life - recent[-1]) / DAY_MS)
    return len(recent) / reach if len(recent) > 1 else 1 / _RATE_DAYS


def _state(health: BridgeHealth, now_ms: int, limits: Limits) -> tuple[State, Cause | None, int | None]:
    if health.last_poll_ms is None or now_ms - health.last_poll_ms > limits.unpolled_ms:
        return _kept(health, "not_polled", health.last_poll_ms)
    if health.failed >= limits.failures and _long_failing(health, now_ms, limits):
        return "sick", "failing", health.failed_ms
    if health.cause == "failing" and health.sound < limits.sound:
        return "sick", "failing", health.since_ms
    seen = health.accounts.values()
    if len(seen) >= limits.accounts and all(each.empty for each in seen):
        return "sick", "all_empty", health.last_ok_ms if health.last_ok_ms is not None else health.last_poll_ms
    if health.last_ok_ms is None:
        return "unknown", None, None
    quiet = health.life_ms is not None and now_ms - health.life_ms >= limits.quiet_ms
    if quiet and len(seen) < limits.accounts:
        return "unknown", "too_few", health.life_ms
    if quiet and expected_posts(health, now_ms) >= limits.expected:
        return "sick", "all_silent", health.life_ms
    return "ok", None, now_ms


def _kept(health: BridgeHealth, cause: Cause, since: int | None) -> tuple[State, Cause | None, int | None]:
    """An illness does not end because nobody asked."""
    return ("sick", health.cause, health.since_ms) if health.state == "sick" else ("unknown", cause, since)


def _long_failing(health: BridgeHealth, now_ms: int, limits: Limits) -> bool:
    return health.failed_ms is not None and now_ms - health.failed_ms >= limits.failing_ms
