import re
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.records import (
    BEIJING,
    Gap,
    Handover,
    Observation,
    Progress,
    Reading,
    Round,
    RoundEnd,
    Sighting,
    Visit,
    clean_text,
    instant_ms,
    observation_id,
    observation_schema,
    stamp,
)

INSTANTS = st.integers(0, 7_258_118_400_000)  # 1970 to 2200, in milliseconds
TEXT = st.text(st.characters(), max_size=400)  # lone surrogates and control characters included

FIELDS = """v id seq at due kind target url final_url redirects subject column outcome reason status elapsed_s phases
attempts requests address bytes partial charset digest unchanged tls reading account first_look new_items flags register reader
vantage observed_by version"""
PARTS = {
    "SubjectPart": "code kind name unit short region level platform parent",
    "ColumnPart": "name category first_level unit",
    "Phases": "dns connect tls first_byte body",
    "Tls": "verified reason",
    "Reading": "state newest precision source text title item_url items dated oldest",
    "NewItem": "title url date first_seen",
    "Flag": "name evidence",
    "Account": "state",
}
OUTCOMES = """ok challenged blocked soft_404 http_error redirected timeout dns connect tls malformed too_large parked
not_observable inconclusive internal"""
STATES = "list article feed blank undated dynamic unknown none"


# ---- instants ----


@given(INSTANTS)
def test_a_stamp_and_its_instant_are_each_others_inverse(ms: int) -> None:
    assert instant_ms(stamp(ms)) == ms


@given(INSTANTS)
def test_a_stamp_is_beijing_time_to_the_millisecond(ms: int) -> None:
    text = stamp(ms)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00", text)
    assert datetime.fromisoformat(text).astimezone(UTC) == datetime.fromtimestamp(ms // 1000, UTC).replace(
        microsecond=ms % 1000 * 1000
    )


@given(INSTANTS, INSTANTS)
def test_stamps_sort_as_their_instants_do(one: int, other: int) -> None:
    assert (stamp(one) < stamp(other)) == (one < other)


def test_a_stamp_is_written_as_the_contract_shows_it() -> None:
    moment = datetime(2026, 11, 22, 9, 15, 2, 113_000, BEIJING)
    assert stamp(round(moment.timestamp() * 1000)) == "2026-11-22T09:15:02.113+08:00"


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1970-01-01T08:00:00+08:00", 0),
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.001+00:00", 1),
        ("2026-11-22T09:15:02.113+08:00", 1_795_310_102_113),
    ],
)
def test_an_instant_is_read_with_any_offset(text: str, ms: int) -> None:
    assert instant_ms(text) == ms


@pytest.mark.parametrize("text", ["", "2026-11-22", "2026-11-22T09:15:02.113", "yesterday", "2026-13-01T00:00:00+08:00"])
def test_what_is_no_instant_with_an_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"offset|isoformat|month"):
        instant_ms(text)


# ---- ids ----


def test_an_id_is_the_same_in_every_version_of_the_program() -> None:
    found = observation_id("column", "5115000001/gzdt", 1_795_310_100_000, "default", "public_http")
    assert found == "b79ab96af75341904db017ff43daeb19"


def test_an_id_is_32_hexadecimal_digits_whatever_the_target_is_called() -> None:
    assert re.fullmatch("[0-9a-f]{32}", observation_id("home", "\ud800键", 0, "default", "public_http"))


def test_each_part_of_a_visit_has_a_say_in_its_id() -> None:
    ids = {
        observation_id("column", "a", 1, "default", "public_http"),
        observation_id("home", "a", 1, "default", "public_http"),
        observation_id("column", "b", 1, "default", "public_http"),
        observation_id("column", "a", 2, "default", "public_http"),
        observation_id("column", "a", 1, "elsewhere", "public_http"),
        observation_id("column", "a", 1, "default", "bridge_feed"),
        observation_id("column", "a1", 1, "default", "public_http"),
    }
    assert len(ids) == 7


# ---- texts ----


@given(TEXT, st.integers(1, 250))
def test_a_clean_text_can_stand_in_a_line_and_on_a_terminal(text: str, limit: int) -> None:
    clean = clean_text(text, limit)
    assert len(clean) <= limit
    assert all(character == " " or not character.isspace() for character in clean)
    assert not re.search("[\x00-\x1f\x7f-\x9f\ud800-\udfff]", clean)
    assert "  " not in clean
    assert msgspec.json.decode(msgspec.json.encode(clean)) == clean


@given(TEXT, st.integers(1, 250))
@example("cut between words", 4)
def test_cleaning_a_clean_text_changes_nothing(text: str, limit: int) -> None:
    clean = clean_text(text, limit)
    assert clean_text(clean, limit) == clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("关于 召开会议的通知", "关于 召开会议的通知"),
        ("  a\r\n\tb  ", "a b"),
        ("\x1b[31m红\x1b[0m", "[31m红 [0m"),
        ("a\u3000\u00a0b", "a b"),
        ("\x00\x7f\ud83d", ""),
        ("😀", "😀"),
    ],
)
def test_a_clean_text_keeps_what_a_person_would_read(text: str, clean: str) -> None:
    assert clean_text(text) == clean


def test_a_megabyte_is_cut_without_reading_it_all() -> None:
    assert clean_text("标" * 1_000_000) == "标" * 200


# ---- the schema ----


def definition(name: str) -> dict[str, Any]:
    found: dict[str, Any] = observation_schema()["$defs"][name]
    return found


def test_the_schema_names_every_field_of_the_contract_in_its_order() -> None:
    assert list(definition("Observation")["properties"]) == FIELDS.split()
    assert definition("Observation")["required"] == FIELDS.split()


@pytest.mark.parametrize("part", PARTS)
def test_the_schema_names_every_field_of_each_part(part: str) -> None:
    assert list(definition(part)["properties"]) == PARTS[part].split()


def test_outcomes_and_states_are_closed() -> None:
    assert sorted(definition("Observation")["properties"]["outcome"]["enum"]) == sorted(OUTCOMES.split())
    assert sorted(definition("Reading")["properties"]["state"]["enum"]) == sorted(STATES.split())


def test_an_outcome_nobody_knows_is_refused_by_whoever_decodes_a_message() -> None:
    packed = msgspec.msgpack.encode(["Sighting", 1, 0, 5, "weird"])
    with pytest.raises(msgspec.ValidationError, match="weird"):
        msgspec.msgpack.decode(packed, type=Sighting)


# ---- messages ----


@pytest.mark.parametrize(
    "message",
    [
        Round(1, "a.test", (Visit(0, "column", "k", "http://a.test/", 5, progress=Progress(3, hops=1)),), Gap(1.0, 2.0, 3.0)),
        Sighting(1, 0, 5, "ok", reading=None, unchanged=True),
        Sighting(1, 0, 5, "timeout", "deadline", reading=Reading("none")),
        Handover(1, 0, "http://b.test/", Progress(5, hops=2, requests=2)),
        RoundEnd(1, (3, 4), 0.25, 120.0),
    ],
    ids=lambda message: type(message).__name__,
)
def test_messages_travel_unchanged(message: msgspec.Struct) -> None:
    packed = msgspec.msgpack.encode(message)
    assert msgspec.msgpack.decode(packed, type=Round | Sighting | Handover | RoundEnd) == message


@given(st.floats(0, 1000))
def test_a_gap_stays_within_its_bounds(response_s: float) -> None:
    assert 1.0 <= Gap().after(response_s) <= 15.0


def test_an_observation_is_frozen() -> None:
    with pytest.raises(AttributeError):
        Reading("none").state = "list"  # type: ignore[misc]
    assert Observation.__struct_config__.frozen
