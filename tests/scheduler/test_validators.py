"""Conditional requests over many visits: servers that tell the truth about their pages, and servers that do not."""

from collections.abc import Callable
from typing import NamedTuple

import msgspec
import pytest

from crawler.records import Memory, Reading, Sighting, Visit
from scheduler.conclude import Task, conclude
from scheduler.plan import memory
from scheduler.state import State
from tests.scheduler.builders import HOUSE, ROW, START_MS, SUBJECT

FULL_EVERY = 10


class Page(NamedTuple):
    """What a server shows at one visit."""

    body: str
    etag: str | None = None
    last_modified: str | None = None


Server = Callable[[int], Page]
"""Number of the visit → the page as it is then."""


class Asked(NamedTuple):
    """One visit: what was sent, whether the answer was 304, and the newest date that is known afterwards."""

    sent: Memory | None
    not_modified: bool
    newest: str | None


def honest(page: Page, sent: Memory) -> bool:
    """Whether a server that compares what is sent with what it has answers 304."""
    if sent.etag is not None:
        return sent.etag == page.etag
    return sent.last_modified is not None and sent.last_modified == page.last_modified


def visit(number: int, state: State | None, page: Page, says_304: Callable[[Page, Memory], bool]) -> tuple[Asked, State]:
    sent = memory("column", state, ROW, HOUSE.reader, FULL_EVERY)
    at = START_MS + number * 3_600_000
    not_modified = sent is not None and says_304(page, sent)
    same = not_modified or (sent is not None and sent.digest == page.body)
    seen = Sighting(
        1,
        0,
        at,
        "ok",
        status=304 if not_modified else 200,
        digest=sent.digest if not_modified and sent else page.body,
        unchanged=same,
        reading=None if same else Reading("list", newest=page.body, precision="day", items=1, dated=1),
        etag=sent.etag if not_modified and sent else page.etag,
        last_modified=sent.last_modified if not_modified and sent else page.last_modified,
    )
    task = Task(1, 1, Visit(0, "column", "k", "http://a.test/", at, memory=sent), SUBJECT, None, ROW, state)
    _, after = conclude(task, seen, HOUSE)
    newest = msgspec.json.decode(after.reading)["newest"] if after.reading else None
    return Asked(sent, not_modified, newest), after


def history(server: Server, visits: int, says_304: Callable[[Page, Memory], bool] = honest) -> tuple[list[Asked], State]:
    state: State | None = None
    asked: list[Asked] = []
    for number in range(visits):
        one, state = visit(number, state, server(number), says_304)
        asked.append(one)
    assert state is not None
    return asked, state


def has_validators(one: Asked) -> bool:
    return one.sent is not None and (one.sent.etag is not None or one.sent.last_modified is not None)


def test_an_unchanged_page_is_asked_for_with_its_validators_and_in_full_after_so_many_answers_304() -> None:
    asked, _ = history(lambda number: Page("2026-11-01", '"a"'), 40)
    full = [number for number, one in enumerate(asked) if not one.not_modified]
    assert full == [0, 11, 22, 33]
    assert all(has_validators(one) == one.not_modified for one in asked)
    assert asked[11].sent == Memory("2026-11-01")  # the digest is compared all the same


@pytest.mark.parametrize("with_etag", [True, False])
def test_a_server_that_tells_the_truth_keeps_its_validators_when_its_page_changes(with_etag: bool) -> None:
    def server(number: int) -> Page:
        day = f"2026-11-{1 + number // 4:02d}"
        return Page(day, f'"{day}"') if with_etag else Page(day, None, day)

    asked, state = history(server, 40)
    assert not state.distrusted
    assert [one.newest for one in asked] == [f"2026-11-{1 + number // 4:02d}" for number in range(40)]
    assert sum(one.not_modified for one in asked) == 30


def test_a_server_that_says_304_for_ever_is_found_out_at_the_forced_fetch_and_never_believed_again() -> None:
    def server(number: int) -> Page:
        return Page(f"2026-11-{1 + number // 5:02d}", '"same"')

    asked, state = history(server, 40)
    assert state.distrusted
    caught = next(number for number, one in enumerate(asked) if number and not one.not_modified)
    assert caught == 11
    assert asked[caught].newest == "2026-11-03"
    assert not any(has_validators(one) for one in asked[caught + 1 :])
    assert [one.newest for one in asked[caught:]] == [f"2026-11-{1 + number // 5:02d}" for number in range(caught, 40)]


def test_a_last_modified_that_stays_while_the_page_changes_is_dropped() -> None:
    asked, state = history(
        lambda number: Page(f"2026-11-{1 + number:02d}", None, "Sun, 01 Nov 2026"), 3, lambda page, sent: False
    )
    assert state.distrusted
    assert not has_validators(asked[2])


def test_an_etag_that_changes_goes_before_a_last_modified_that_stays() -> None:
    asked, state = history(lambda number: Page(f"2026-11-{1 + number:02d}", f'"{number}"', "Sun, 01 Nov 2026"), 6)
    assert not state.distrusted
    assert asked[5].sent == Memory("2026-11-05", '"4"', "Sun, 01 Nov 2026")


def test_a_server_without_validators_is_asked_in_full_each_time_and_is_no_liar() -> None:
    asked, state = history(lambda number: Page("2026-11-01"), 30)
    assert not any(one.not_modified for one in asked)
    assert asked[1].sent == Memory("2026-11-01")
    assert (state.distrusted, state.conditional) == (False, 0)


def test_a_full_fetch_that_finds_the_same_page_starts_the_count_anew() -> None:
    _, state = history(lambda number: Page("2026-11-01", '"a"'), 12)
    assert state.conditional == 0
    _, state = history(lambda number: Page("2026-11-01", '"a"'), 15)
    assert state.conditional == 3


def test_a_page_that_differs_with_every_look_is_not_taken_for_a_lie_when_its_etag_does_too() -> None:
    _, state = history(lambda number: Page(f"page {number}", f'"{number}"'), 20)
    assert not state.distrusted


def test_another_reader_reading_the_same_page_finds_no_lie() -> None:
    page = Page("2026-11-01", '"a"')
    _, state = visit(0, None, page, honest)
    older = msgspec.structs.replace(state, reader=HOUSE.reader + 1, digest="as the other reader saw it")
    _, after = visit(1, older, page, honest)
    assert not after.distrusted
