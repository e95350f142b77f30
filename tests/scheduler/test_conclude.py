import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.records import Flag, Item, NewItem, Observation, Reading, Sighting, clean_text, instant_ms, stamp
from scheduler.conclude import Line, conclude, encode_line, replayed
from scheduler.state import KNOWN_LIMIT, State, fold
from tests.scheduler.builders import (
    HOUSE,
    LIST,
    START_MS,
    SUBJECT,
    line_id,
    sighting,
    task,
    without_validators,
)

decode = msgspec.json.Decoder(Observation, strict=True).decode
NOTHING = Reading("none")


def looks(*seen: Sighting) -> list[tuple[Line, State]]:
    """One target looked at once a day."""
    state: State | None = None
    found = []
    for day, one in enumerate(seen):
        line, state = conclude(task(due_ms=START_MS + day * 86_400_000, state=state), one, HOUSE)
        line.seq = day + 1
        found.append((line, state))
    return found


def unchanged(one: Sighting) -> Sighting:
    return msgspec.structs.replace(one, unchanged=True, reading=None, items=())


# ---- the line ----


def test_a_line_has_the_fields_of_an_observation_in_the_same_order() -> None:
    assert Line.__struct_fields__ == Observation.__struct_fields__
    (line, _), *_ = looks(sighting("ok", LIST, "a"))
    assert list(json.loads(encode_line(line))) == list(Observation.__struct_fields__)


def test_a_line_says_what_was_seen_and_what_only_the_scheduler_knows() -> None:
    (line, _), *_ = looks(sighting("ok", LIST, "a"))
    seen = decode(encode_line(line))
    assert (seen.v, seen.seq, seen.kind, seen.target, seen.url) == (1, 1, "home", "k", "http://a.test/k")
    assert seen.id == line_id("k", START_MS)
    assert (seen.due, seen.at) == (stamp(START_MS), stamp(START_MS + 5))
    assert msgspec.json.encode(seen.subject) == SUBJECT
    assert seen.column is None
    assert (seen.outcome, seen.reason, seen.reading) == ("ok", None, LIST)
    assert (seen.register, seen.reader, seen.vantage, seen.version) == ("sha256:0", 1, "default", "0")


def test_an_encoded_line_that_is_read_back_encodes_to_the_same_bytes() -> None:
    for line, _ in looks(sighting("ok", LIST, "a", "b"), unchanged(sighting()), sighting("timeout", NOTHING)):
        raw = encode_line(line)
        assert msgspec.json.encode(decode(raw)) == raw


def test_a_retry_keeps_the_id_and_the_next_days_visit_has_its_own() -> None:
    first, again = (conclude(task(), sighting(at_ms=START_MS + at), HOUSE)[0] for at in (1, 2))
    assert first.id == again.id
    ids = [line.id for line, _ in looks(sighting(), sighting(), sighting())]
    assert len(set(ids)) == 3


def test_a_look_that_learned_nothing_reads_none() -> None:
    (line, _), *_ = looks(sighting("timeout", NOTHING))
    assert decode(encode_line(line)).reading == NOTHING


def test_an_unchanged_page_repeats_the_last_reading() -> None:
    first, second = looks(sighting("ok", LIST, "a"), unchanged(sighting()))
    assert bytes(second[0].reading) == bytes(first[0].reading)
    assert second[0].unchanged
    assert second[0].new_items == ()


def test_an_unchanged_page_repeats_the_reading_before_the_failures_between() -> None:
    *_, last = looks(sighting("ok", LIST, "a"), sighting("timeout", NOTHING), unchanged(sighting()))
    assert decode(encode_line(last[0])).reading == LIST


def test_an_unchanged_page_that_was_never_read_gives_a_valid_line_all_the_same() -> None:
    *_, last = looks(sighting("timeout", NOTHING), unchanged(sighting()))
    assert decode(encode_line(last[0])).reading == NOTHING


# ---- first looks and new items ----


def test_the_first_look_lists_all_items_and_is_called_so_once() -> None:
    first, second = looks(sighting("ok", LIST, "a", "b"), sighting("ok", LIST, "c", "a", "b"))
    assert first[0].first_look
    assert [item.title for item in first[0].new_items] == ["a", "b"]
    assert not second[0].first_look
    assert second[0].new_items == (NewItem("c", "http://a.test/c", "2026-11-20", second[0].at),)


@pytest.mark.parametrize("outcome", ["timeout", "challenged"])
def test_a_failure_before_does_not_use_up_the_first_look(outcome: str) -> None:
    failed, read = looks(sighting(outcome, NOTHING), sighting("ok", LIST, "a"))  # type: ignore[arg-type]
    assert not failed[0].first_look
    assert read[0].first_look


def test_a_page_that_was_not_understood_does_not_use_up_the_first_look() -> None:
    unknown, read = looks(sighting("ok", Reading("unknown")), sighting("ok", LIST, "a"))
    assert not unknown[0].first_look
    assert read[0].first_look


def test_an_item_shown_twice_on_a_page_is_new_once() -> None:
    (line, _), *_ = looks(sighting("ok", LIST, "a", "a"))
    assert [item.title for item in line.new_items] == ["a"]


def test_an_item_that_went_and_came_back_is_not_new() -> None:
    *_, last = looks(sighting("ok", LIST, "a", "b"), sighting("ok", LIST, "b"), sighting("ok", LIST, "a", "b"))
    assert last[0].new_items == ()


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=8), min_size=1, max_size=8))
def test_each_item_is_new_in_exactly_one_line(pages: list[list[str]]) -> None:
    lines = [line for line, _ in looks(*(sighting("ok", LIST, *page) for page in pages))]
    new = [item.title for line in lines for item in line.new_items]
    assert sorted(new) == sorted({title for page in pages for title in page})


def test_a_page_longer_than_the_memory_does_not_show_the_same_items_as_new_for_ever() -> None:
    page = sighting("ok", LIST, *(str(number) for number in range(KNOWN_LIMIT + 100)))
    _, second = looks(page, page)
    assert second[0].new_items == ()


# ---- what a replay makes of it ----


def sightings() -> st.SearchStrategy[Sighting]:
    """What may come back from a look, as a crawler that keeps its promises says it."""

    def made(outcome: str, state: str, titles: list[str], partial: bool, same: bool, at: int) -> Sighting:
        if same:
            return unchanged(sighting(at_ms=START_MS + at))
        if outcome != "ok":
            return sighting(outcome, NOTHING, at_ms=START_MS + at)  # type: ignore[arg-type]
        reading = Reading(state, newest="2026-11", precision="month", items=len(titles))  # type: ignore[arg-type]
        return msgspec.structs.replace(sighting("ok", reading, *titles, at_ms=START_MS + at), partial=partial)

    return st.builds(
        made,
        st.sampled_from(["ok", "ok", "ok", "timeout", "http_error"]),
        st.sampled_from(["list", "article", "blank", "unknown", "dynamic", "undated"]),
        st.lists(st.sampled_from("abcdefgh"), max_size=5),
        st.booleans(),
        st.booleans(),
        st.integers(0, 10**9),
    )


@given(st.lists(sightings(), min_size=1, max_size=10))
def test_lines_read_back_fold_to_the_same_state_but_for_validators(seen: list[Sighting]) -> None:
    again: State | None = None
    for line, live in looks(sighting("ok", LIST), *seen):
        observation = decode(encode_line(line))
        again = fold(again, replayed(observation))
        assert again == without_validators(live)
        assert (again.row, again.etag, again.last_modified) == ("", None, None)


def test_what_a_replay_says_is_taken_from_the_line_alone() -> None:
    (line, _), *_ = looks(sighting("ok", LIST, "a"))
    seen = replayed(decode(encode_line(line)))
    assert (seen.due_ms, seen.at_ms) == (START_MS, instant_ms(line.at))
    assert seen.understood
    assert not seen.failed
    assert len(seen.new_keys) == 1


# ---- hostile texts ----

HOSTILE = [
    "\x1b]0;owned\x07\x1b[2J标题",
    "a\x00b\x7fc\x85d",
    "line\nbreak\r\nand\ttab",
    "one\u2028two\u2029three",
    "\ud800 lone \udfff surrogates \udcd5",
    "标" * 1_000_000,
    "\x00" * 1_000_000 + "end",
    '"quoted" \\ and </script>',
    "\ufeff\ufffe\uffff",
]


@pytest.mark.parametrize("title", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_title_gives_one_valid_line_that_a_terminal_can_show(title: str) -> None:
    clean = clean_text(title)
    seen = msgspec.structs.replace(
        sighting("ok", msgspec.structs.replace(LIST, title=clean, text=clean)),
        items=(Item(clean, None, None),),
        flags=(Flag("pinned", clean),),
    )
    (line, _), *_ = looks(seen)
    raw = encode_line(line)
    text = raw.decode("utf-8")
    assert len(text.splitlines()) == 1
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in text)
    assert decode(raw).reading.title == clean
    assert len(raw) < 5000


@given(st.text(st.characters(), max_size=300))
def test_any_text_gives_one_valid_line(title: str) -> None:
    seen = msgspec.structs.replace(sighting(), items=(Item(clean_text(title), None, None),))
    (line, _), *_ = looks(seen)
    raw = encode_line(line)
    assert b"\n" not in raw
    assert decode(raw).new_items[0].title == clean_text(title)
