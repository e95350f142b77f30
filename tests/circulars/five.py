"""One of the five, from its scenario to the comparison with the printed one, told in a few lines."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.circulars import s0, s1, s2, s3, s4
from tests.circulars.accept import accept_folder, compared
from tests.circulars.printing import NotPrinted, Printed, make
from tests.circulars.scenario import Scenario

SCENARIOS: Final[dict[str, Callable[[], Scenario]]] = {
    "S1": s1.scenario,
    "S0": s0.scenario,
    "S2": s2.scenario,
    "S3": s3.scenario,
    "S4": s4.scenario,
}
"""The largest first, so that both processes end at about the same time."""


def run(name: str, folder: Path, out: Path) -> tuple[str, bool]:
    """One scenario, told in a few lines, and whether it is as printed (or there is nothing to compare it with)."""
    try:
        made = make(SCENARIOS[name](), folder / name, out)
    except NotPrinted as refused:
        return str(refused), False
    told = [f"{name}  {_size(made)}", f"    {_seconds(made)}"]
    told += [f"    warns: {warning}" for warning in made.circular["warnings"]]
    printed = accept_folder()
    if printed is None:
        return "\n".join([*told, "    not compared: XUNWANG_ACCEPT names no folder"]), True
    result = compared(printed, name, made.files[".json"])
    words = "as printed, cell by cell" if result.equal else f"not as printed:\n{result.said}"
    return "\n".join([*told, f"    {words}"]), result.equal


def _size(made: Printed) -> str:
    figures = made.circular["statistics"]
    sites, accounts = (figures[f"{kind}.total"]["value"] for kind in ("sites", "accounts"))
    lines = sum(sum(patrol.lines.values()) for patrol in made.patrols)
    return f"{sites} sites, {accounts} accounts, {lines} observations, {sum(p.requests for p in made.patrols)} requests"


def _seconds(made: Printed) -> str:
    return ", ".join(f"{step} {seconds:.1f} s" for step, seconds in made.seconds.items())
