"""The judge: what an observation may say by its line of truth, and what it may not."""

from typing import Any

import pytest

from province.agreement import ACCUSING, disagreement, history_disagreement
from province.marks import MARKS


def truth(**more: Any) -> dict[str, Any]:
    return {"target": "9800000001/gzdt", "outcomes": ["ok"], "states": ["list"], "newest": "2026-11-20", "why": "plain", **more}


def seen(state: str = "list", newest: str | None = "2026-11-20", *flags: str, **more: Any) -> dict[str, Any]:
    return {
        "outcome": "ok",
        "reason": None,
        "unchanged": False,
        "reading": {"state": state, "newest": newest, "source": "row", "text": newest},
        "account": None,
        "flags": [{"name": name, "evidence": f"evidence of {name}"} for name in flags],
        **more,
    }


def test_the_true_date_agrees_at_any_precision_from_the_month() -> None:
    for newest in ("2026-11", "2026-11-20", "2026-11-20T09:15:00+08:00"):
        assert disagreement(truth(), seen(newest=newest)) is None


@pytest.mark.parametrize(
    ("observation", "words"),
    [
        (seen(newest="2026-11-21"), "newest 2026-11-21"),
        (seen(newest=None), "no date read"),
        (seen("blank", None), "state blank, allowed list"),
        (seen("unknown", None), "state unknown, allowed list"),
        (seen(outcome="timeout", reason="body"), "outcome timeout/body, allowed ok"),
    ],
)
def test_what_the_truth_does_not_allow_is_one_sentence(observation: dict[str, Any], words: str) -> None:
    said = disagreement(truth(), observation)
    assert said is not None
    assert said.startswith(words)
    assert said.endswith("(plain)")


def test_a_date_where_there_is_none_is_wrong() -> None:
    undated = truth(states=["undated"], newest=None)
    assert disagreement(undated, seen("undated", None)) is None
    assert disagreement(undated, seen("undated", "2026-11-20"))


@pytest.mark.parametrize("name", sorted({flag for mark in MARKS.values() for flag in mark.flags}))
def test_an_expected_flag_must_be_there(name: str) -> None:
    line = truth(flags=[name])
    assert disagreement(line, seen("list", "2026-11-20", name, "pinned")) is None
    said = disagreement(line, seen("list", "2026-11-20", "pinned"))
    assert said == f"flag {name} missing, raised pinned (plain)"


@pytest.mark.parametrize("name", sorted(ACCUSING))
def test_a_flag_that_accuses_must_have_a_ground(name: str) -> None:
    said = disagreement(truth(flags=[]), seen("list", "2026-11-20", name))
    assert said == f"flag {name} without ground: 'evidence of {name}' (plain)"
    assert disagreement(truth(), seen("list", "2026-11-20", name)) is None


def test_flags_that_accuse_nobody_are_free() -> None:
    assert disagreement(truth(flags=[]), seen("list", "2026-11-20", "pinned", "site_id_code", "placeholder_meta")) is None


def test_a_page_found_unchanged_need_not_say_its_flags_again() -> None:
    assert disagreement(truth(flags=["spam_words"]), seen(unchanged=True)) is None


def test_an_account_is_in_one_of_the_states_allowed() -> None:
    line = truth(account=["alive"])
    assert disagreement(line, seen(account={"state": "alive"})) is None
    assert disagreement(line, seen(account={"state": "migrated"})) == "account migrated, allowed alive (plain)"


def test_every_flag_a_mark_expects_is_one_that_accuses() -> None:
    assert {flag for mark in MARKS.values() for flag in mark.flags} <= ACCUSING


@pytest.mark.parametrize(
    ("flags", "raised", "words"),
    [
        (["burst"], ("burst", "pinned"), None),
        ([], ("pinned",), None),
        ([], (), None),
        (["backdated"], (), "history flags none, true backdated"),
        ([], ("burst",), "history flags burst, true none"),
        (["burst"], ("backdated", "burst"), "history flags backdated|burst, true burst"),
    ],
)
def test_history_flags_must_be_those_of_the_history(flags: list[str], raised: tuple[str, ...], words: str | None) -> None:
    assert history_disagreement({"target": "x", "flags": flags}, seen("list", "2026-11-20", *raised)) == words


def test_a_look_that_failed_says_nothing_of_history() -> None:
    assert history_disagreement({"target": "x", "flags": ["burst"]}, seen(outcome="timeout")) is None
