"""What a scenario consists of: a province at one or two moments, what the office hands in, and how the circular is printed."""

import csv
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from province.scenarios import Scene

ISSUES: Final = Path(__file__).parents[1] / "checker" / "issues"
OWN_ISSUES: Final = Path(__file__).parent / "issues"
NAMES: Final = Path(__file__).with_name("names.toml")
Cell = str | int | float | None


def names(scenario: str) -> dict[str, list[str]]:
    """The lists of names of a scenario."""
    lists: dict[str, dict[str, list[str]]] = tomllib.loads(NAMES.read_text(encoding="utf-8"))
    return lists[scenario]


@dataclass(frozen=True)
class Table:
    """One file of the office: its name without suffix, headers as offices write them, rows."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...] = ()

    def write(self, folder: Path) -> None:
        with (folder / f"{self.name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([self.header, *(["" if cell is None else cell for cell in row] for row in self.rows)])


@dataclass(frozen=True)
class State:
    """A province patrolled up to T, and the office's tables of that time."""

    T: datetime
    scene: Scene
    office: tuple[Table, ...]
    probes: bool = True


@dataclass(frozen=True)
class Scenario:
    """`before`: the patrol behind the previous circular. `rules`, `form`, `issue`: as the commands take them."""

    name: str
    rules: str
    form: str
    issue: Path
    now: State
    before: State | None = None


FOUND: Final = ("主体标识码", "存在的突出问题", "检查结果", "发现日期", "认定人")
FIGURES: Final = (
    "渠道",
    "主体标识码",
    "单位",
    "类别",
    "收到件数",
    "办结件数",
    "按期办结",
    "逾期件数",
    "涉及单位数",
    "开设平台数",
    "按期办结率",
    "满意率",
)
_PLACES: Final = {name: place for place, name in enumerate(FIGURES)}


def found(*rows: tuple[str, str, str, str, str]) -> Table:
    """人工检查表: a person looked at everything, and found what stands in it."""
    return Table("人工发现", FOUND, rows)


def decided(*rows: tuple[str, str, str, str, str]) -> Table:
    """认定表: what the office rules of what could not be judged."""
    return Table("认定", ("主体标识码", "指标", "认定结果", "原因", "认定人"), rows)


def figures(*rows: Mapping[str, Cell]) -> Table:
    """办理数据: each row as header → cell."""
    return Table("办理数据", FIGURES, tuple(_figure_row(row) for row in rows))


def _figure_row(row: Mapping[str, Cell]) -> tuple[Cell, ...]:
    cells: list[Cell] = [None] * len(FIGURES)
    for name, cell in row.items():
        cells[_PLACES[name]] = cell
    return tuple(cells)


def stated(*rows: tuple[str, Cell, Cell]) -> Table:
    """填报数据: figures that the office states itself."""
    return Table("填报数据", ("指标键", "数值", "打印为"), rows)


def ranked(rows: Sequence[tuple[str, str, str, int]]) -> Table:
    """排名: list, tier, name, place."""
    return Table("排名", ("表名", "梯队", "名称", "名次"), tuple(rows))
