"""Requests beside the rounds: whoever asked is told exactly once, whatever the crawler does."""

from typing import NamedTuple, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.records import Handover, Progress, Round, RoundEnd, Sighting, Visit
from scheduler.asides import LATE_S, Asides
from scheduler.dispatch import Dispatch, Message, RoundLost
from tests.scheduler.builders import START_MS

VISIT = Visit(0, "probe", "canary 1", "http://a.test/", START_MS)
SEEN = Sighting(7, 0, START_MS, "ok", status=200)
GONE_ON = Handover(7, 0, "http://b.test/", Progress(START_MS))
ENDED, LOST = RoundEnd(7), RoundLost(7)


class Hands:
    now = 0.0

    def now_ms(self) -> int:
        return START_MS

    def monotonic(self) -> float:
        return self.now


class Sent(NamedTuple):
    round: Round
    vantage: str | None


class Outbox:
    """A dispatch that only notes what it was given."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.abandoned: list[int] = []

    def send(self, round: Round, vantage: str | None = None) -> None:
        self.sent.append(Sent(round, vantage))

    def abandon(self, round: int) -> None:
        self.abandoned.append(round)


class Desk:
    """Asides that number 7 is asked of, and what was told of it."""

    def __init__(self) -> None:
        self.outbox, self.clock = Outbox(), Hands()
        self.told: list[Sighting | Handover | None] = []
        numbers = iter(range(7, 1000))
        self.asides = Asides(cast(Dispatch, self.outbox), lambda: next(numbers), self.clock)

    def ask(self, vantage: str | None = None) -> None:
        self.asides.ask("a.test", VISIT, self.told.append, vantage)


def test_a_request_is_a_round_of_one_visit_without_a_gap_from_the_vantage_asked_for() -> None:
    desk = Desk()
    desk.ask("there")
    [sent] = desk.outbox.sent
    assert (sent.round.number, sent.round.host, sent.round.visits, sent.vantage) == (7, "a.test", (VISIT,), "there")
    assert sent.round.gap.after(10.0) == 0.0


@pytest.mark.parametrize("said", [SEEN, GONE_ON])
def test_what_the_crawler_saw_is_told(said: Message) -> None:
    desk = Desk()
    desk.ask()
    assert desk.asides.receive(said)
    assert desk.told == [said]
    assert desk.asides.receive(ENDED)
    assert len(desk.asides) == 0


@pytest.mark.parametrize("end", [ENDED, LOST])
def test_a_round_that_ends_without_a_word_is_told_as_nothing(end: Message) -> None:
    desk = Desk()
    desk.ask()
    desk.asides.receive(end)
    assert desk.told == [None]


def test_a_message_of_a_round_that_is_none_of_ours_is_left_to_others() -> None:
    desk = Desk()
    desk.ask()
    assert not desk.asides.receive(RoundEnd(8))
    assert desk.told == []


def test_a_crawler_that_never_ends_is_abandoned_and_nothing_is_told() -> None:
    desk = Desk()
    desk.ask()
    desk.asides.give_up_late(LATE_S)
    assert desk.told == []
    desk.asides.give_up_late(LATE_S + 0.1)
    assert desk.told == [None]
    assert desk.outbox.abandoned == [7]
    assert not desk.asides.receive(SEEN)


def test_a_crawler_that_answered_and_then_hangs_is_abandoned_without_a_second_word() -> None:
    desk = Desk()
    desk.ask()
    desk.asides.receive(SEEN)
    desk.asides.give_up_late(LATE_S + 0.1)
    assert desk.told == [SEEN]
    assert desk.outbox.abandoned == [7]


@given(st.lists(st.sampled_from([SEEN, GONE_ON, ENDED, LOST, "late", "soon"]), max_size=8))
def test_the_asker_is_told_exactly_once_in_the_end(history: list[Message | str]) -> None:
    desk = Desk()
    desk.ask()
    for event in history:
        if isinstance(event, str):
            desk.asides.give_up_late(LATE_S + 1 if event == "late" else 1.0)
        else:
            desk.asides.receive(event)
        assert len(desk.told) <= 1
    desk.asides.give_up_late(LATE_S + 1)
    assert len(desk.told) == 1
    assert len(desk.asides) == 0
