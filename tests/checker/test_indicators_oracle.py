"""Judging against a second, plainer judge: columns drawn at random, their lines in any order, give what the rule says."""

import random
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from register import Category
from tests.checker.journals import Journal, T, case_of, column, find, site

DAYS = {
    "news": 14,
    "notice": (T.day - date(2024, 3, 2)).days,
    "policy": (T.day - date(2024, 3, 2)).days,
    "personnel": 366,
    "plan": 366,
}


class Drawn(NamedTuple):
    category: Category
    first_level: bool
    age: int
    seen: str


columns = st.lists(
    st.builds(
        Drawn,
        st.sampled_from(["news", "notice", "policy", "personnel", "plan", "other"]),
        st.booleans(),
        st.integers(0, 800),
        st.sampled_from(["list", "list", "list", "list", "blank", "challenged", "old"]),
    ),
    min_size=1,
    max_size=30,
)


def is_late(one: Drawn) -> bool:
    return one.seen == "list" and one.category in DAYS and one.age > DAYS[one.category]


def is_known(one: Drawn) -> bool:
    if one.seen in ("list", "blank"):
        return True
    # an old look proves an update within the period, and nothing else
    return one.seen == "old" and (one.category == "other" or one.age <= DAYS[one.category])


def in_w4a(one: Drawn) -> bool:
    return one.category == "news" or (one.category in ("notice", "policy") and one.first_level)


def expected(numerator: int, chosen: list[Drawn], limit: int) -> str:
    unknown = sum(not is_known(one) for one in chosen)
    if numerator >= limit:
        return "fail"
    seen = len(chosen) - unknown
    return "pass" if not unknown or seen >= 0.9 * len(chosen) or (seen and numerator + unknown < limit) else "undetermined"


def journal_of(drawn: list[Drawn], seed: int) -> Journal:
    journal = Journal()
    for number, one in enumerate(drawn):
        target = column(number, one.category, one.first_level)
        newest = (T.day - timedelta(days=one.age)).isoformat()
        if one.seen == "challenged":
            journal.look("09-02 09:00", target, outcome="challenged", reason="slider")
        elif one.seen == "blank":
            journal.look("09-02 09:00", target, state="blank")
        else:
            # looks long before T, then (but for `old`) one at its side
            journal.look("08-10 09:00", target, min(newest, "2024-08-09") if one.seen == "list" else newest[:10])
            if one.seen == "list":
                journal.look("09-02 09:00", target, newest)
    random.Random(seed).shuffle(journal.lines)
    for number, line in enumerate(journal.lines):
        line["seq"] = number + 1
    return journal


@given(columns, st.integers(0, 5))
def test_w4_says_what_its_words_say(tmp_path_factory: pytest.TempPathFactory, drawn: list[Drawn], seed: int) -> None:
    drawn = [one._replace(age=max(one.age, 24)) if one.seen == "old" else one for one in drawn]
    targets = [column(number, one.category, one.first_level) for number, one in enumerate(drawn)]
    case = case_of(journal_of(drawn, seed).evidence(_folder(tmp_path_factory)), site(), *targets)
    judged = [one for one in drawn if one.category in DAYS and one.seen != "blank"]
    # a site that fell silent at once raises an alarm instead, which has tests of its own
    assume(sum(map(is_late, judged)) < 10 or any(is_known(one) and not is_late(one) for one in judged))
    case.judged["W4a"] = find(case, "W4a")
    chosen = [one for one in drawn if in_w4a(one)]
    late = sum(map(is_late, chosen))
    assert (case.judged["W4a"].numerator, case.judged["W4a"].result) == (late, expected(late, chosen, 5))
    rest = [one for one in drawn if one.category in DAYS and not (in_w4a(one) and is_late(one))]
    late = sum(map(is_late, rest))
    finding = find(case, "W4b")
    assert (finding.numerator, finding.result) == (late, expected(late, rest, 10))
    blank = sum(one.seen == "blank" for one in drawn)
    assert find(case, "W4c").numerator == blank


@given(columns, st.integers(1, 1000))
def test_the_order_of_lines_changes_nothing(tmp_path_factory: pytest.TempPathFactory, drawn: list[Drawn], seed: int) -> None:
    first, second = (journal_of(drawn, order).evidence(_folder(tmp_path_factory)).facts for order in (0, seed))
    assert {key: (one.last, one.lower, one.tried_at) for key, one in first.items()} == {
        key: (one.last, one.lower, one.tried_at) for key, one in second.items()
    }


def _folder(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("oracle")
