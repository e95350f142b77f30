"""From a scenario to its circular, by the commands that an office uses: patrol, `check`, `circular`."""

import argparse
import io
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from scheduler.commands import check, circular
from scheduler.errors import Refused
from tests.circulars.campaign import Patrolled, patrol
from tests.circulars.scenario import Scenario, State

COMMANDS: Final[dict[str, Any]] = {"check": check, "circular": circular}
FORMATS: Final = (".json", ".docx", ".xlsx", ".html")


@dataclass
class Printed:
    """What came of a scenario: the circular's files by suffix, what was said on the way, and seconds by step.

    verdicts  of the scenario's T; previous: those of the T before, where there is one
    """

    scenario: Scenario
    files: dict[str, Path] = field(default_factory=dict)
    verdicts: Path | None = None
    previous: Path | None = None
    said: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    patrols: list[Patrolled] = field(default_factory=list)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.seconds[step] = time.monotonic() - begun

    @property
    def circular(self) -> dict[str, Any]:
        made: dict[str, Any] = json.loads(self.files[".json"].read_bytes())
        return made


class NotPrinted(Exception):
    """A command did not end as it should; the message holds what it said."""


def make(scenario: Scenario, folder: Path, out: Path, formats: tuple[str, ...] = FORMATS) -> Printed:
    """Patrol, check and print `scenario`. `folder` is made anew; the circular goes to `out`. Raises NotPrinted."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = Printed(scenario)
    states = [state for state in (scenario.before, scenario.now) if state]
    for state, following in zip(states, [*states[1:], None], strict=True):
        label = f"{state.T:%Y-%m-%d}"
        with made.timed(f"patrol {label}"):
            again = following.T if following else None
            made.patrols.append(patrol(state.scene, folder, state.T, probes=state.probes, again=again))
        with made.timed(f"check {label}"):
            made.previous, made.verdicts = made.verdicts, folder / f"verdicts-{label}.jsonl"
            _check(made, state, folder)
    with made.timed("circular"):
        _circular(made, folder, out, formats)
    return made


def _office(state: State, folder: Path) -> Path:
    tables = folder / f"office-{state.T:%Y-%m-%d}"
    tables.mkdir(exist_ok=True)
    for table in state.office:
        table.write(tables)
    return tables


def _check(made: Printed, state: State, folder: Path) -> None:
    command = [folder, "--rules", made.scenario.rules, "--at", state.T.isoformat(), "--out", made.verdicts]
    command += ["--inputs", _office(state, folder)]
    command += ["--previous", made.previous] if made.previous else []
    _run(made, "check", command, {0, 1})


def _circular(made: Printed, folder: Path, out: Path, formats: tuple[str, ...]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    scenario = made.scenario
    command = [made.verdicts, "--register", made.patrols[-1].register, "--inputs", _office(scenario.now, folder)]
    command += ["--issue", scenario.issue, "--form", scenario.form]
    command += ["--previous", made.previous] if made.previous else []
    for suffix in formats:
        made.files[suffix] = out / f"{scenario.name}{suffix}"
        command += ["--out", made.files[suffix]]
    _run(made, "circular", command, {0})


def _run(made: Printed, name: str, words: list[Any], good: set[int]) -> None:
    """Run a command as the command line does. A row of the office's tables that cannot be read is a fault of the scenario."""
    parser = argparse.ArgumentParser()
    COMMANDS[name].arguments(parser)
    options = parser.parse_args([str(word) for word in words])
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            code = int(COMMANDS[name].run(options))
        except Refused as refusal:
            raise NotPrinted(f"{made.scenario.name}: {name}: {refusal}") from refusal
    made.said.append(said.getvalue())
    if code not in good or "bad: " in said.getvalue():
        raise NotPrinted(f"{made.scenario.name}: {name} ended with {code}: {said.getvalue()}")
