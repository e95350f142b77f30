"""What tests ask of a printed circular: is it as the printed one, what do its rows rest on, what does it warn of."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from checker.verdict import Verdict, read_verdicts
from crawler.records import Observation
from tests.circulars.accept import accept_folder, compared
from tests.circulars.printing import Printed

_decode = msgspec.json.Decoder(Observation).decode


def as_printed(made: Printed) -> None:
    """Fails with the comparison where a cell or a figure is not as printed; skips where there is nothing to compare with."""
    folder = accept_folder()
    if folder is None:
        pytest.skip("no printed circulars to compare with: name their folder in XUNWANG_ACCEPT")
    result = compared(folder, made.scenario.name, made.files[".json"])
    assert result.equal, result.said


def rows(made: Printed, number: int = 0) -> list[list[str]]:
    """The rows of an annex, by its place."""
    found: list[list[str]] = made.circular["annexes"][number]["rows"]
    return found


def listed(made: Printed, words: str) -> list[list[str]]:
    """The rows of the annex whose title holds `words`; an annex without rows is not printed."""
    return [row for annex in made.circular["annexes"] if words in annex["title"] for row in annex["rows"]]


def figure(made: Printed, key: str) -> Any:
    return made.circular["statistics"][key]["value"]


def warnings(made: Printed) -> str:
    return "\n".join(made.circular["warnings"])


def verdict(made: Printed, subject: str, rule: str, path: Path | None = None) -> Verdict:
    """The verdict of one rule on one subject; of T unless another file is named."""
    source = path or made.verdicts
    assert source is not None
    found = [one for one in read_verdicts(source) if isinstance(one, Verdict) and (one.subject, one.rule) == (subject, rule)]
    assert len(found) == 1, f"{len(found)} verdicts of {rule} on {subject}"
    return found[0]


def failing(made: Printed, kind: str, path: Path | None = None) -> set[str]:
    """Codes of the subjects of a kind that a veto hits; of T unless another file is named."""
    source = path or made.verdicts
    assert source is not None
    return {
        one.subject
        for one in read_verdicts(source)
        if isinstance(one, Verdict) and one.kind == kind and one.rule_kind == "single_veto" and one.result == "fail"
    }


def evidence(made: Printed, judged: Verdict) -> list[Observation]:
    """The observations of the journal that a verdict names, in its order."""
    by_id = {one.id: one for one in observations(made)}
    return [by_id[name] for name in judged.evidence]


def observations(made: Printed) -> Iterator[Observation]:
    for segment in sorted((made.patrols[0].folder / "journal").glob("*.jsonl")):
        with segment.open("rb") as lines:
            yield from map(_decode, lines)
