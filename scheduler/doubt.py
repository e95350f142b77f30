"""Is the trouble ours? Before a failure accuses a host, we must know that we ourselves could see. Pure.

Times are monotonic seconds. A failing visit spanned [begun, ended]. `judge` answers Clear, Ours(reason) or Wait(until).

What is believed, and why, in this order; the first that holds decides:
1. local_network  our open files ran short, or our own echo was silent, at some moment of the span: nothing could be trusted.
2. loop_lag, queue_delay   our program stood still, or let a visit lie, for `LAG_MOST_S` or `QUEUE_MOST_S` within the span: an
   answer that came in time may have been read too late.
3. canary         with canaries: a round that overlaps [begun - period, ended + period] was not answered by most of those
   configured. One canary may have trouble of its own, so three or more are wise; of two both must answer.
4. Wait           until requests that were begun with the visit have ended too (`SETTLE_S`: failures are heard of late).
5. canary         a silence of everybody: in some stretch of the span nobody answered, two hosts or more failed, and no round
   of canaries within that stretch was answered. An outage that fits between two rounds is seen by this alone.
   Wait           with canaries, until a round that began after `ended` has ended: trouble that goes on is only then known. No
   longer than `PATIENCE` periods: who does not hear from canaries any more cannot accuse (canary).
6. canary         with canaries: none was answered before `ended`, so nobody says that all was well until then.
   Without any: fewer than three other hosts answered requests begun from `begun` - 5 s to `ended` + 5 s, or more than half of
   the hosts asked then failed, or for `HOLE_S` of the span nobody is known to have answered. A patrol of few hosts needs
   canaries to accuse anybody.
7. Clear          so half the province behind one dead platform, or all of it, is not ours where canaries answer.
What cannot be seen: an outage shorter than the time between two rounds of canaries in which nobody but the accused was asked.

`troubled` says whether the house is out now, so that nobody need be asked. It begins when nearly all hosts (nine of ten, at
least five) that ended within 10 s failed, unless a round of canaries begun since answers; or when a whole round of canaries is
silent. It ends when most hosts answer again, or, with canaries, after two good rounds in a row. Who asks nobody hears nothing:
after `LAPSE_S` (`LONG_LAPSE_S` with canaries) without a word of any host it lapses for `TRIAL_S`, so that somebody is asked.
Canaries that stay silent while hosts answer are not listened to here until one of their rounds is good: dead canaries must not
stop a patrol.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from scheduler.evidence import ANSWERED, FAILED, KEEP_S, Canaries, Seconds, Spans

Cause = Literal["canary", "loop_lag", "queue_delay", "local_network"]
"""Reasons of `inconclusive` (crawler/outcomes.py)."""

LAG_MOST_S: Final = 1.0
QUEUE_MOST_S: Final = 5.0
FREE_LEAST: Final = 0.05
AROUND_S: Final = 5.0
LONGEST_S: Final = 15.0
SETTLE_S: Final = AROUND_S + LONGEST_S
PATIENCE: Final = 3
OTHERS_LEAST: Final = 3
SILENT_HOSTS: Final = 2
HOLE_S: Final = 8
LATELY_S: Final = 10
OUT_HOSTS: Final = 5
OUT_SHARE: Final = 0.9
LAPSE_S: Final = 30.0
LONG_LAPSE_S: Final = 600.0
TRIAL_S: Final = 20.0


class Clear(NamedTuple):
    """We could see: the failure is the host's."""


class Ours(NamedTuple):
    """It may be ours: the visit is inconclusive, with this reason."""

    reason: Cause


class Wait(NamedTuple):
    """Not to be told before `until` (monotonic seconds); asking sooner does no harm."""

    until: float


Judgement = Clear | Ours | Wait
CLEAR: Final = Clear()


class Doubt:
    """canaries: the names that `canary` is told of; period: seconds between their rounds (a round may come sooner)."""

    def __init__(self, canaries: Iterable[str] = (), period: float = 30.0) -> None:
        self._period = period
        self._canaries = Canaries(frozenset(canaries))
        self._begun, self._ended = Seconds(), Seconds()  # the same words, by the second a request began and ended in
        self._slow: dict[Cause, Spans] = {"local_network": Spans(), "loop_lag": Spans(), "queue_delay": Spans()}
        self._files: tuple[float, bool] | None = None  # when the open files were last counted, and were they enough
        self._heard = 0.0
        self._out: Cause | None = None
        self._out_since = self._failing_since = self._trial_until = 0.0
        self._failing = self._distrusted = False
        self._looked = float("-inf")

    # ---- what is heard ----

    def answered(self, host: int, begun: float, ended: float) -> None:
        """`host` gave an HTTP answer, whatever it was."""
        self._hear(host, begun, ended, ANSWERED)

    def failed(self, host: int, begun: float, ended: float) -> None:
        """`host` gave none."""
        self._hear(host, begun, ended, FAILED)

    def _hear(self, host: int, begun: float, ended: float, bit: int) -> None:
        self._begun.add(begun, host, bit)
        self._ended.add(ended, host, bit)
        self._heard = max(self._heard, ended)

    def canary(self, name: str, begun: float, ended: float, ok: bool) -> None:
        """A canary was asked. A name that is not configured is not listened to."""
        self._canaries.add(name, begun, ended, ok)
        self._looked = float("-inf")

    def lag(self, at: float, seconds: float) -> None:
        """At `at` a loop of ours ran its timers so late."""
        if seconds >= LAG_MOST_S:
            self._slow["loop_lag"].add(at - seconds, at)

    def queue_delay(self, at: float, seconds: float) -> None:
        """At `at` something left a queue of ours in which it had lain so long."""
        if seconds >= QUEUE_MOST_S:
            self._slow["queue_delay"].add(at - seconds, at)

    def descriptors(self, at: float, free_share: float) -> None:
        """At `at` this share (0 to 1) of our open files was free; 0 also where our own echo was silent."""
        enough = free_share >= FREE_LEAST
        since = at - AROUND_S if self._files is None else max(self._files[0], at - 2 * self._period)
        if not enough or (self._files is not None and not self._files[1]):
            self._slow["local_network"].add(since, at)
        self._files = at, enough

    # ---- what is asked ----

    def judge(self, begun: float, ended: float, now: float) -> Judgement:
        """Whose fault is it that a visit failed which spanned [begun, ended]?"""
        if now - begun > KEEP_S:
            return Ours("canary")
        for cause, spans in self._slow.items():
            if spans.overlaps(begun, ended):
                return Ours(cause)
        if self._canaries.names and self._bad_round(begun, ended, now):
            return Ours("canary")
        settled = ended + SETTLE_S
        if now < settled:
            return Wait(settled)
        if self._silence(begun, ended, now):
            return Ours("canary")
        return self._by_canaries(ended, begun, now) if self._canaries.names else self._by_hosts(begun, ended)

    def _bad_round(self, begun: float, ended: float, now: float) -> bool:
        """Did a round around the span fail? One that is not complete long after fails by its silence."""
        rounds = self._canaries.between(begun - self._period, ended + self._period)
        return any(round.bad or (not round.good and now > round.begun + self._patience) for round in rounds)

    @property
    def _patience(self) -> float:
        return max(PATIENCE * self._period, 2 * LONGEST_S)

    def _by_canaries(self, ended: float, begun: float, now: float) -> Judgement:
        rounds = self._canaries.between(begun - 2 * self._period, now)
        if not any(round.begun > ended and round.good and round.complete for round in rounds):
            until = ended + self._patience
            return Wait(min(until, now + min(self._period, LONGEST_S))) if now < until else Ours("canary")
        before = any(round.begun <= ended and round.good for round in rounds)
        return CLEAR if before else Ours("canary")

    def _by_hosts(self, begun: float, ended: float) -> Judgement:
        heard = [second for second in range(int(begun), int(ended) + 1) if not self._quiet(second)]
        if any(later - earlier > HOLE_S for earlier, later in pairwise([int(begun) - 1, *heard, int(ended) + 1])):
            return Ours("canary")
        answered, failed = self._begun.hosts(begun - AROUND_S, ended + AROUND_S)
        return CLEAR if answered >= OTHERS_LEAST and failed <= answered else Ours("canary")

    def _silence(self, begun: float, ended: float, now: float) -> bool:
        """Was there a stretch of the span in which everybody was silent, uncontradicted by canaries?"""
        second, last = int(begun), int(ended)
        while second <= last:
            if self._quiet(second):
                low, high = self._stretch(second, int(now))
                if self._unexplained(low, high):
                    return True
                second = high
            second += 1
        return False

    def _quiet(self, second: int) -> bool:
        """Nobody's request that began or ended in this second was answered."""
        return not self._begun.answered(second) and not self._ended.answered(second)

    def _stretch(self, second: int, last: int) -> tuple[int, int]:
        """The quiet seconds around a quiet one, no further than canaries are waited for."""
        low = high = second
        while low > second - self._patience and self._quiet(low - 1):
            low -= 1
        while high < min(last, second + self._patience) and self._quiet(high + 1):
            high += 1
        return low, high

    def _unexplained(self, low: int, high: int) -> bool:
        failing = [second for second in range(low, high + 1) if self._begun.failed(second)]
        if not failing:
            return False
        first, last = failing[0], failing[-1] + 1
        if any(round.good and round.begun >= first and round.ended <= last for round in self._canaries.between(first, last)):
            return False
        return self._begun.failed_hosts(failing, SILENT_HOSTS) >= SILENT_HOSTS

    # ---- is the house out now? ----

    def troubled(self, now: float) -> Cause | None:
        """Why nobody need be asked at present; None when all is well. Looked at anew at most twice a second."""
        if 0 <= now - self._looked < 0.5:
            return self._out
        self._looked = now
        answered, failed = self._ended.hosts(now - LATELY_S, now)
        failing = answered + failed >= OUT_HOSTS and failed >= OUT_SHARE * (answered + failed)
        if failing and not self._failing:
            self._failing_since = now - LATELY_S
        self._failing = failing
        if self._out is None:
            if self._begins(now):
                self._out, self._out_since = "canary", now
        elif self._is_over(answered, failed, now):
            self._out = None
        return self._out

    def _begins(self, now: float) -> bool:
        newest = next((round for round in self._canaries.newest_first() if round.complete), None)
        if newest is not None and newest.dead:
            answered, failed = self._ended.hosts(newest.begun + 1.0, now)
            self._distrusted = self._distrusted or answered > failed
            if not self._distrusted and now >= self._trial_until:
                return True
        elif newest is not None and newest.good:
            self._distrusted = False
            if newest.begun >= self._failing_since:
                return False
        return self._failing

    def _is_over(self, answered: int, failed: int, now: float) -> bool:
        if answered >= OTHERS_LEAST and answered > failed:
            return True
        if now - max(self._heard, self._out_since) >= (LONG_LAPSE_S if self._canaries.names else LAPSE_S):
            self._trial_until = now + TRIAL_S
            return True
        rounds = [round for round in self._canaries.newest_first() if round.complete and round.begun >= self._out_since]
        return len(rounds) >= 2 and rounds[0].good and rounds[1].good
