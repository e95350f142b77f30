"""The table of outcomes is complete, closed, and says nothing against the innocent."""

from typing import get_args

import pytest

from crawler.accounts.states import STATE_SIGNS
from crawler.outcomes import OUTCOMES, Meaning, valid_reason
from crawler.records import Outcome


def test_every_outcome_has_exactly_one_row() -> None:
    assert set(OUTCOMES) == set(get_args(Outcome))


@pytest.mark.parametrize("row", OUTCOMES.values(), ids=lambda row: str(row.outcome))
def test_every_row_is_complete(row: Meaning) -> None:
    assert row.meaning.endswith(".")
    assert row.remedy_zh.endswith("。")
    assert row.remedy_en.endswith(".")
    assert row.remedy_zh.count("。") == 1  # one sentence
    assert "\n" not in row.remedy_en
    for reason, gloss in row.reasons.items():
        assert reason.replace("_", "").isalnum()
        assert reason == reason.lower()
        assert gloss


@pytest.mark.parametrize("outcome", get_args(Outcome))
def test_reasons_are_closed(outcome: Outcome) -> None:
    assert not valid_reason(outcome, "no such reason")
    assert valid_reason(outcome, None) == (outcome == "ok")
    for reason in OUTCOMES[outcome].reasons:
        assert valid_reason(outcome, reason)


def test_only_the_server_s_own_silence_may_count_as_not_opening() -> None:
    assert {name for name, row in OUTCOMES.items() if row.availability == "fails"} == {"timeout", "connect", "dns", "tls"}


def test_what_was_not_seen_counts_against_nobody() -> None:
    unseen: tuple[Outcome, ...] = ("challenged", "blocked", "not_observable", "inconclusive", "internal")
    for name in unseen:
        assert (OUTCOMES[name].availability, OUTCOMES[name].freshness) == ("coverage", "coverage")


def test_a_home_page_s_oddities_go_to_a_person() -> None:
    odd: tuple[Outcome, ...] = ("http_error", "soft_404", "parked", "redirected", "malformed")
    for name in odd:
        assert OUTCOMES[name].availability == "review"


def test_only_ok_is_read() -> None:
    assert [name for name, row in OUTCOMES.items() if row.freshness == "reads"] == ["ok"]


def test_ours_is_never_theirs() -> None:
    assert not valid_reason("tls", "unsupported_cipher")
    assert valid_reason("inconclusive", "unsupported_cipher")
    assert not valid_reason("dns", "servfail")
    assert valid_reason("inconclusive", "servfail")


def test_the_signs_of_accounts_give_closed_reasons() -> None:
    for sign in STATE_SIGNS:
        assert valid_reason(sign.outcome, sign.name)


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        OUTCOMES["ok"] = OUTCOMES["dns"]  # type: ignore[index]
    with pytest.raises(TypeError):
        OUTCOMES["dns"].reasons["x"] = "y"  # type: ignore[index]
