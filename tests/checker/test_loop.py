"""The loop: first detections, mending, follow-up of the last circular, repeat offenders, and what to look at again."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from checker.loop import FollowUp, follow_up, notices, remember, targets_of, with_previous
from checker.tally import Tallier, subject_result
from checker.verdict import Detail, Result, RuleKind, SubjectKind, Verdict

FIRST, SECOND, THIRD = (f"2024-{month}-02T12:00:00.000+08:00" for month in ("03", "06", "09"))


def verdict(
    subject: str,
    result: Result,
    at: str = FIRST,
    rule: str = "W4a",
    kind: SubjectKind = "site",
    targets: Iterable[str] = (),
    rule_kind: RuleKind = "single_veto",
) -> Verdict:
    return Verdict(
        subject=subject,
        kind=kind,
        rule=rule,
        rule_kind=rule_kind,
        result=result,
        detail=tuple(Detail(target=target) for target in targets),
        T=at,
        rules="r@1",
        register="sha256:x",
    )


def after(now: Verdict, *before: Verdict) -> tuple[str, str | None, str | None]:
    """(result, first detected, mended) of a verdict once earlier ones are known."""
    (one,) = with_previous([now], remember(before))
    return one.result, one.first_detected, one.mended


def test_a_new_failure_was_first_detected_now() -> None:
    assert after(verdict("a", "fail", SECOND)) == ("fail", SECOND, None)
    assert after(verdict("a", "fail", SECOND), verdict("a", "pass")) == ("fail", SECOND, None)


def test_a_failure_that_stands_keeps_its_first_detection_through_every_file() -> None:
    (second,) = with_previous([verdict("a", "fail", SECOND)], remember([verdict("a", "fail", FIRST)]))
    assert after(verdict("a", "fail", THIRD), second) == ("fail", FIRST, None)


def test_what_was_mended_drops_out_and_says_when() -> None:
    assert after(verdict("a", "pass", SECOND), verdict("a", "fail")) == ("pass", FIRST, SECOND)


def test_a_mended_finding_stays_known_as_mended() -> None:
    (mended,) = with_previous([verdict("a", "pass", SECOND)], remember([verdict("a", "fail")]))
    assert after(verdict("a", "pass", THIRD), mended) == ("pass", FIRST, SECOND)


def test_what_fails_again_after_it_was_mended_is_a_new_finding() -> None:
    (mended,) = with_previous([verdict("a", "pass", SECOND)], remember([verdict("a", "fail")]))
    assert after(verdict("a", "fail", THIRD), mended) == ("fail", THIRD, None)


def test_what_cannot_be_judged_this_time_is_not_mended() -> None:
    (open_,) = with_previous([verdict("a", "undetermined", SECOND)], remember([verdict("a", "fail")]))
    assert (open_.first_detected, open_.mended) == (FIRST, None)
    assert after(verdict("a", "pass", THIRD), open_) == ("pass", FIRST, THIRD)


def test_another_rule_or_subject_is_another_finding() -> None:
    assert after(verdict("a", "fail", SECOND), verdict("b", "fail"), verdict("a", "fail", rule="W2")) == ("fail", SECOND, None)


@given(st.lists(st.sampled_from(["pass", "fail", "undetermined", "exempt"]), min_size=1, max_size=8))
def test_a_history_never_mends_what_was_not_found_nor_finds_after_t(results: list[Result]) -> None:
    before: list[Verdict] = []
    for number, result in enumerate(results):
        at = f"2024-{number + 1:02d}-02T12:00:00.000+08:00"
        (one,) = with_previous([verdict("a", result, at)], remember(before))
        if one.mended:
            assert one.first_detected
            assert one.first_detected < one.mended <= at
            assert one.result != "fail"
        if one.result == "fail":
            assert one.first_detected
            assert one.first_detected <= at
        before = [one]


def test_follow_up_counts_who_failed_and_who_put_it_right() -> None:
    then = [
        *(
            verdict("a", "fail"),
            verdict("a", "fail", rule="W2"),
            verdict("b", "fail"),
            verdict("c", "fail"),
            verdict("d", "fail"),
        ),
        *(verdict("e", "fail", kind="account", rule="N2"), verdict("f", "pass"), verdict("g", "fail", rule_kind="note")),
    ]
    now = [
        *(verdict("a", "pass"), verdict("a", "pass", rule="W2"), verdict("b", "fail"), verdict("c", "undetermined")),
        verdict("e", "pass", kind="account", rule="N2"),
    ]
    assert follow_up(then, now) == {
        "site": FollowUp(found=4, rectified=1, open=1, undetermined=2),
        "account": FollowUp(found=1, rectified=1),
    }


def test_a_subject_is_named_once_a_file_however_many_rules_it_failed() -> None:
    first = [
        verdict("a", "fail"),
        verdict("a", "fail", rule="W2"),
        verdict("b", "pass"),
        verdict("c", "fail", rule_kind="note"),
    ]
    assert notices([first, [verdict("a", "fail", SECOND)]]) == {"a": (FIRST, SECOND)}


def test_the_list_to_look_at_again_has_what_failed_and_what_is_open() -> None:
    found = targets_of(
        [
            verdict("a", "fail", targets=("a/c1", "a/c2")),
            verdict("b", "pass", targets=("b/c1",)),
            verdict("c", "undetermined", targets=("c/c1",)),
            verdict("d", "fail", rule="W1"),
            verdict("e", "undetermined", kind="account", rule="N2"),
            verdict("f", "exempt"),
        ]
    )
    assert found == {"a/c1", "a/c2", "c/c1", "d/@home", "e"}


def test_checked_is_passed_and_failed_and_undetermined() -> None:
    tallier = Tallier()
    for one in (
        *(verdict("a", "fail"), verdict("a", "undetermined", rule="W2")),
        *(
            verdict("b", "pass"),
            verdict("b", "undetermined", rule="W2"),
            verdict("b", "fail", rule="columns", rule_kind="note"),
        ),
        *(verdict("c", "pass"), verdict("c", "exempt", rule="W2"), verdict("d", "exempt")),
    ):
        tallier.add(one)
    count = tallier.close().subjects["site"]
    assert (count.checked, count.passed, count.failed, count.undetermined, count.exempt) == (3, 1, 1, 1, 1)


def test_a_note_that_fails_fails_nobody() -> None:
    assert subject_result([verdict("a", "pass"), verdict("a", "fail", rule_kind="note")]) == "pass"
