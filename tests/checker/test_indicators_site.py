"""W2 availability, W3 the home page, and the leads about a site."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.checker.journals import SITE, Journal, T, case_of, column, day_before, find, home, site


@pytest.fixture
def journal() -> Journal:
    return Journal()


def week(journal: Journal, each: int, failed: int = 0, **others: int) -> None:
    """Probes of the eight days up to T's: `failed` and others fall on the last whole day."""
    for back in range(8, -1, -1):
        day = (T.day - timedelta(days=back)).isoformat()
        if back == 1:
            journal.probes(day, each - failed - sum(others.values()), failed, **others)
        else:
            journal.probes(day, each)


def test_seven_of_140_probes_that_failed_are_a_veto_and_six_are_not(journal: Journal, tmp_path: Path) -> None:
    results = {}
    for failed in (6, 7):
        run = Journal()
        for number in range(140):
            minutes = 6 * 24 * 60 + 23 * 60 - number * 72
            when = T.ms - minutes * 60_000
            text = f"{_stamp(when)}"
            run.look(
                text,
                home(),
                kind="probe",
                outcome="timeout" if number < failed else "ok",
                reason="body" if number < failed else None,
            )
        finding = find(case_of(run.evidence(tmp_path), site(), home()), "W2")
        results[failed] = finding.result, finding.numerator, finding.denominator
    assert results == {6: ("pass", 6, 140), 7: ("fail", 7, 140)}


def _stamp(ms: int) -> str:
    from crawler.records import stamp

    return stamp(ms)[:23].replace("T", " ")


def test_the_failed_probes_are_the_evidence_and_the_outcomes_are_told(journal: Journal, tmp_path: Path) -> None:
    week(journal, 24, failed=12)
    finding = find(case_of(journal.evidence(tmp_path), site(), home()), "W2")
    assert finding.result == "fail"
    assert len(finding.evidence) == 12
    assert "timeout 12" in (finding.detail[0].text or "")
    assert finding.window == ("2024-08-26T12:00:00.000+08:00", T.text)


def test_challenged_and_inconclusive_probes_count_for_nobody(journal: Journal, tmp_path: Path) -> None:
    week(journal, 40, challenged=10, inconclusive=9)
    finding = find(case_of(journal.evidence(tmp_path), site(), home()), "W2")
    assert (finding.result, finding.numerator) == ("pass", 0)
    assert finding.coverage and finding.coverage.expected - finding.coverage.seen == 19


def test_a_day_with_too_few_conclusive_probes_leaves_it_undetermined(journal: Journal, tmp_path: Path) -> None:
    week(journal, 24, failed=4, challenged=16)
    finding = find(case_of(journal.evidence(tmp_path), site(), home()), "W2")
    assert finding.result == "undetermined"
    assert "fewer than 20 conclusive probes" in (finding.reason or "")


def test_less_than_a_week_of_probes_is_undetermined_even_if_all_failed(journal: Journal, tmp_path: Path) -> None:
    for day in ("2024-08-31", "2024-09-01"):
        journal.probes(day, 0, 24)
    assert find(case_of(journal.evidence(tmp_path), site(), home()), "W2").result == "undetermined"


def test_no_probes_at_all_is_undetermined_and_asks_for_the_home_page(tmp_path: Path) -> None:
    finding = find(case_of(Journal().evidence(tmp_path), site(), home()), "W2")
    assert finding.result == "undetermined"
    assert [one.target for one in finding.detail] == [f"{SITE}/@home"]


def test_server_errors_go_to_a_persons_list_and_fail_nobody(journal: Journal, tmp_path: Path) -> None:
    week(journal, 24, http_error=15)
    finding = find(case_of(journal.evidence(tmp_path), site(), home()), "W2")
    assert (finding.result, finding.numerator) == ("undetermined", 0)
    assert "15 probes were answered with errors" in (finding.reason or "")


def test_a_home_page_with_a_recent_item_passes(journal: Journal, tmp_path: Path) -> None:
    journal.look("09-02 09:00", home(), day_before(14))
    assert find(case_of(journal.evidence(tmp_path), site(), home()), "W3").result == "pass"


def test_a_home_page_whose_newest_item_is_old_fails(journal: Journal, tmp_path: Path) -> None:
    journal.look("09-02 09:00", home(), day_before(20))
    finding = find(case_of(journal.evidence(tmp_path), site(), home()), "W3")
    assert (finding.result, finding.detail[0].overdue_days, finding.confidence) == ("fail", 6, 1.0)


def test_a_stale_home_page_above_fresh_columns_fails_with_less_confidence(journal: Journal, tmp_path: Path) -> None:
    journal.look("09-02 09:00", home(), day_before(20))
    journal.look("09-02 09:00", column(1), day_before(1))
    finding = find(case_of(journal.evidence(tmp_path), site(), home(), column(1)), "W3")
    assert (finding.result, finding.confidence) == ("fail", 0.7)


@pytest.mark.parametrize("outcome", ["challenged", "timeout", "http_error", "parked"])
def test_a_home_page_that_could_not_be_read_is_undetermined(journal: Journal, tmp_path: Path, outcome: str) -> None:
    journal.look("09-02 09:00", home(), outcome=outcome)
    finding = find(case_of(journal.evidence(tmp_path), site(), home()), "W3")
    assert (finding.result, finding.confidence, finding.reason) == ("undetermined", 0.0, outcome)


def test_a_gate_is_judged_by_its_second_level_pages(journal: Journal, tmp_path: Path) -> None:
    journal.look("09-02 09:00", home(), state="undated")
    journal.look("09-02 09:00", column(1), day_before(30))
    journal.look("09-02 09:00", column(2), day_before(3))
    evidence = journal.evidence(tmp_path)
    assert find(case_of(evidence, site(), home(), column(1), column(2)), "W3").result == "pass"
    assert find(case_of(evidence, site(), home(), column(1)), "W3").result == "fail"
    assert find(case_of(evidence, site(), home(), column(1), column(3)), "W3").result == "undetermined"
    assert find(case_of(evidence, site(), home()), "W3").result == "undetermined"


def test_a_site_without_a_home_page_in_the_register_is_undetermined(tmp_path: Path) -> None:
    finding = find(case_of(Journal().evidence(tmp_path), site()), "W3")
    assert (finding.result, finding.reason) == ("undetermined", "no home page in the register")


def test_a_column_that_is_404_for_the_whole_window_is_a_lead_and_not_late(journal: Journal, tmp_path: Path) -> None:
    for when in ("08-18 09:00", "08-25 09:00", "09-02 09:00"):
        journal.look(when, column(1), outcome="http_error", reason="not_found")
    case = case_of(journal.evidence(tmp_path), site(), column(1))
    finding = find(case, "dead_links")
    assert (finding.result, finding.numerator, finding.detail[0].note) == ("fail", 1, "dead_link")
    assert "3 looks" in (finding.detail[0].text or "")
    assert find(case, "W4a").numerator == 0


@pytest.mark.parametrize(
    "looks",
    [
        ("08-25 09:00", "09-02 09:00"),  # not for the whole window
        ("08-18 09:00", "08-25 09:00"),  # nobody looked since
        ("09-02 09:00",),
    ],
)
def test_a_404_that_was_not_seen_through_the_window_is_no_lead(
    journal: Journal, tmp_path: Path, looks: tuple[str, ...]
) -> None:
    for when in looks:
        journal.look(when, column(1), outcome="http_error", reason="not_found")
    assert find(case_of(journal.evidence(tmp_path), site(), column(1)), "dead_links").result == "pass"


def test_an_address_that_answers_otherwise_at_last_is_no_dead_link(journal: Journal, tmp_path: Path) -> None:
    for when in ("08-18 09:00", "08-25 09:00"):
        journal.look(when, column(1), outcome="http_error", reason="not_found")
    journal.look("09-02 09:00", column(1), outcome="http_error", reason="server_error")
    assert find(case_of(journal.evidence(tmp_path), site(), column(1)), "dead_links").result == "pass"


def test_marks_of_tampering_are_a_lead_within_their_window(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-10 09:00", column(1), "2024-08-09", flags=("hidden_links",))
    journal.look("08-30 09:00", column(2), "2024-08-29", flags=("hidden_links", "spam_words"))
    case = case_of(journal.evidence(tmp_path), site(), column(1), column(2))
    finding = find(case, "tampering")
    assert (finding.result, finding.numerator) == ("fail", 1)
    assert [one.note for one in finding.detail] == ["hidden_links", "spam_words"]
    assert find(case, "redated").result == "pass"
