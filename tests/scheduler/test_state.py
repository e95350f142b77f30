import msgspec
from hypothesis import given
from hypothesis import strategies as st

from scheduler.state import (
    KNOWN_LIMIT,
    Seen,
    State,
    decode_state,
    encode_state,
    fold,
    item_key,
    known_keys,
    remember,
)

READ = Seen(10, 11, "ok", 3, "d1", False, False, b'{"state":"list"}', (b"a" * 8, b"b" * 8), False, True, "row", '"e"', "Sun")
SILENT = Seen(20, 21, "timeout", 3, None, False, False, None, (), True, False, "row")


def changed(seen: Seen, **fields: object) -> Seen:
    return msgspec.structs.replace(seen, **fields)


def test_the_first_reading_is_remembered_whole() -> None:
    state = fold(None, READ)
    assert (state.due_ms, state.at_ms, state.outcome) == (10, 11, "ok")
    assert (state.digest, state.reader, state.row, state.reading) == ("d1", 3, "row", b'{"state":"list"}')
    assert (state.etag, state.last_modified) == ('"e"', "Sun")
    assert known_keys(state.known) == {b"a" * 8, b"b" * 8}
    assert state.looked
    assert state.failures == 0


def test_a_first_look_that_reads_nothing_knows_nothing() -> None:
    assert fold(None, SILENT) == State(20, 21, "timeout", failures=1)


def test_a_look_that_reads_nothing_changes_only_when_it_was_and_how_often_that_happened() -> None:
    before = fold(None, READ)
    after = fold(before, SILENT)
    assert after == msgspec.structs.replace(before, due_ms=20, at_ms=21, outcome="timeout", failures=1)
    assert fold(after, changed(SILENT, due_ms=30)).failures == 2


def test_a_reading_ends_the_row_of_failures() -> None:
    failing = fold(fold(fold(None, READ), SILENT), SILENT)
    assert failing.failures == 2
    assert fold(failing, changed(READ, due_ms=40)).failures == 0


def test_an_unchanged_page_keeps_its_reading_and_takes_the_new_validators() -> None:
    before = fold(fold(None, READ), SILENT)
    seen = changed(READ, due_ms=30, at_ms=31, unchanged=True, new_keys=(), digest="d1", etag='"f"', last_modified=None)
    after = fold(before, seen)
    assert after == msgspec.structs.replace(
        before, due_ms=30, at_ms=31, outcome="ok", failures=0, etag='"f"', last_modified=None
    )


def test_a_partial_pages_digest_is_not_kept_since_a_whole_page_is_not_the_same() -> None:
    after = fold(fold(None, READ), changed(READ, partial=True, digest="half", reading=b"{}"))
    assert after.digest is None
    assert after.reading == b"{}"


def test_a_partial_pages_validators_are_not_kept_since_a_304_would_repeat_half_a_reading() -> None:
    after = fold(fold(None, READ), changed(READ, partial=True, digest="half", reading=b"{}"))
    assert (after.etag, after.last_modified) == (None, None)


def test_a_page_that_was_not_understood_does_not_count_as_the_first_look() -> None:
    unknown = fold(None, changed(READ, understood=False, reading=b'{"state":"unknown"}'))
    assert not unknown.looked
    assert fold(unknown, READ).looked
    assert fold(fold(unknown, READ), changed(READ, understood=False)).looked


def test_items_once_known_stay_known() -> None:
    after = fold(fold(None, READ), changed(READ, new_keys=(b"c" * 8,)))
    assert known_keys(after.known) == {b"a" * 8, b"b" * 8, b"c" * 8}


def test_the_oldest_items_are_forgotten_first() -> None:
    keys = [number.to_bytes(8, "big") for number in range(KNOWN_LIMIT + 50)]
    known = b""
    for key in keys:
        known = remember(known, [key], 1_000_000)
    assert known_keys(known) == set(keys[50:])
    assert known[:8] == keys[-1]


def test_nothing_new_changes_nothing() -> None:
    known = remember(b"", [b"a" * 8], 5000)
    assert remember(known, [], 9000) is known
    assert known == b"a" * 8 + (5).to_bytes(4, "big")


@given(st.lists(st.lists(st.binary(min_size=8, max_size=8), max_size=300), max_size=6))
def test_what_is_known_never_outgrows_its_limit(batches: list[list[bytes]]) -> None:
    known = b""
    for batch in batches:
        known = remember(known, batch, 1_763_780_000_000)
    assert len(known) % 12 == 0
    assert len(known) // 12 == min(KNOWN_LIMIT, sum(len(batch) for batch in batches))


def test_an_item_is_its_address_and_only_without_one_its_title() -> None:
    assert item_key("old title", "http://a.test/1") == item_key("new title", "http://a.test/1")
    assert item_key("title", "http://a.test/1") != item_key("title", "http://a.test/2")
    assert item_key("one", None) != item_key("two", None)
    assert item_key("one", "") == item_key("one", None)


def test_a_key_is_made_of_any_text() -> None:
    assert len(item_key("\ud800", None)) == 8
    assert len(item_key("", "http://a.test/\udfff")) == 8


def test_a_states_key_is_the_same_in_every_version() -> None:
    assert item_key("关于召开会议的通知", "http://www.a.gov.cn/t1.html").hex() == "e4a3b3a34892287a"


def test_a_state_survives_being_stored() -> None:
    state = fold(fold(None, READ), SILENT)
    assert decode_state(encode_state(state)) == state
