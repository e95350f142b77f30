"""The problem vocabulary: what a problem is called in a cell and in a sentence, and which box of the slip it ticks."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from msgspec import Struct

from checker.circular.tables import TomlUnreadable, struct
from checker.verdict import Verdict


class Problem(Struct, frozen=True):
    """One problem.

    cell   4-14 characters for an annex (circulars.md §3); body: the same in a sentence about its subject
    boxes  kind of subject → box of the 整改反馈单; a kind that is not named ticks 其他
    rules  the rules whose verdicts mean this where they name no problem themselves
    said   how offices word it by hand
    """

    cell: str
    body: str
    boxes: dict[str, str] = {}
    rules: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


class Words:
    """The vocabulary with the overrides of a form and an issue laid over it."""

    def __init__(self, problems: Mapping[str, Problem], cells: Mapping[str, str], body: Mapping[str, str]) -> None:
        self._problems = problems
        self._cells = cells
        self._body = body
        self._of_rule = {rule: key for key, problem in problems.items() for rule in problem.rules}
        self._said = {word: key for key, problem in problems.items() for word in (problem.cell, *problem.said)}

    def key(self, verdict: Verdict) -> str:
        """The problem of a verdict: the one it names, else its rule's, else the rule's own name."""
        return verdict.problem or self._of_rule.get(verdict.rule, verdict.rule)

    def cell(self, key: str) -> str:
        """A problem that the vocabulary does not know stands for itself: an office may word one freely."""
        return self._cells.get(key) or (self._problems[key].cell if key in self._problems else key)

    def body(self, key: str) -> str:
        return self._body.get(key) or (self._problems[key].body if key in self._problems else self.cell(key))

    def box(self, key: str, kind: str) -> str | None:
        """The box that the problem ticks on the slip of a subject of this kind; None: 其他."""
        problem = self._problems.get(key) or self._problems.get(self._said.get(key, ""))
        return problem.boxes.get(kind) if problem else None


@cache
def vocabulary() -> Mapping[str, Problem]:
    """The problems of `words.toml`. Raises TomlUnreadable."""
    tables = tomllib.loads((files("checker") / "words.toml").read_text("utf-8"))
    errors: list[str] = []
    read = {key: struct(Problem, table, key, errors) for key, table in tables.items()}
    if errors:
        raise TomlUnreadable("words.toml", errors)
    return {key: problem for key, problem in read.items() if problem is not None}
