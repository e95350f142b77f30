"""The labelled corpus of real pages, where there is one: XUNWANG_CORPUS names its folder."""

import os
from pathlib import Path

import pytest

from tests.score import Tally, ours, pages, score

CORPUS = os.environ.get("XUNWANG_CORPUS")


@pytest.fixture(scope="module")
def tallies() -> dict[str, Tally]:
    if not CORPUS:
        pytest.skip("XUNWANG_CORPUS is not set: no labelled corpus to score")
    return score(list(pages(Path(CORPUS))), ours)[0]


def test_no_column_is_called_staler_than_it_is_or_blank(tallies: dict[str, Tally]) -> None:
    assert tallies["all"].verdicts["false_stale"] == 0
    assert tallies["all"].verdicts["false_blank"] == 0


def test_at_most_one_page_is_called_fresher_than_it_is(tallies: dict[str, Tally]) -> None:
    assert tallies["all"].verdicts["false_fresh"] <= 1


@pytest.mark.parametrize(("kind", "share"), [("list", 0.95), ("article", 0.97)])
def test_lists_and_articles_are_read_right(tallies: dict[str, Tally], kind: str, share: float) -> None:
    tally = tallies[f"kind {kind}"].verdicts
    assert tally["right"] >= share * tally.total()
