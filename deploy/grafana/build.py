"""Build dashboards/*.json from panels/*.toml with grafana-foundation-sdk: `python deploy/grafana/build.py`.

A panel is a row of a table: title, kind, size, queries. This file says what each kind looks like in Grafana.
"""

import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from grafana_foundation_sdk.builders import bargauge, common, prometheus, stat, statetimeline, table, text, timeseries
from grafana_foundation_sdk.builders import dashboard as board
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as forms
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import prometheus as prometheus_models
from grafana_foundation_sdk.models import text as text_models

HERE: Final = Path(__file__).parent
SOURCE: Final = models.DataSourceRef(type_val="prometheus", uid="${datasource}")
LETTERS: Final = "ABCDEFGHIJ"
COLUMNS: Final = 24


def _lines() -> timeseries.Panel:
    legend = common.VizLegendOptions().display_mode(forms.LegendDisplayMode.LIST).show_legend(True)
    legend = legend.placement(forms.LegendPlacement.BOTTOM)
    tooltip = common.VizTooltipOptions().mode(forms.TooltipDisplayMode.MULTI).sort(forms.SortOrder.DESCENDING)
    return timeseries.Panel().line_width(1).fill_opacity(8).min(0).legend(legend).tooltip(tooltip)


def _stacked() -> timeseries.Panel:
    return _lines().fill_opacity(60).stacking(common.StackingConfig().mode(forms.StackingMode.NORMAL).group("A"))


def _last() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"]).fields("").values(False)


def _stat() -> stat.Panel:
    made = stat.Panel().reduce_options(_last()).color_mode(forms.BigValueColorMode.BACKGROUND)
    return made.graph_mode(forms.BigValueGraphMode.NONE)


def _bars() -> bargauge.Panel:
    return bargauge.Panel().reduce_options(_last()).orientation(forms.VizOrientation.HORIZONTAL).min(0)


def _state() -> statetimeline.Panel:
    return statetimeline.Panel().show_value(forms.VisibilityMode.NEVER).fill_opacity(70).line_width(0)


def _table(row: dict[str, Any]) -> table.Panel:
    """One line per series without the columns that are the same for all; or, as a `matrix`, one label down, another across."""
    if "matrix" in row:
        down, across = row["matrix"]
        options = {"rowField": down, "columnField": across, "valueField": "Value"}
        change = models.DataTransformerConfig(id_val="groupingToMatrix", options=options)
    else:
        hidden = {"excludeByName": {"Time": True, "__name__": True, "instance": True, "job": True}}
        change = models.DataTransformerConfig(id_val="organize", options=hidden)
    return table.Panel().show_header(True).with_transformation(change)


KINDS: Final[dict[str, Callable[[dict[str, Any]], Any]]] = {
    "lines": lambda row: _lines(),
    "stacked": lambda row: _stacked(),
    "stat": lambda row: _stat(),
    "bars": lambda row: _bars(),
    "state": lambda row: _state(),
    "table": _table,
    "text": lambda row: text.Panel().content(row["text"].strip() + "\n").mode(text_models.TextMode.MARKDOWN),
}
AT_ONCE: Final = frozenset({"stat", "bars", "table"})
"""Kinds that show a moment, so their queries are instant ones."""


def _query(kind: str, letter: str, expr: str, legend: str) -> prometheus.Dataquery:
    query = prometheus.Dataquery().expr(expr).ref_id(letter).datasource(SOURCE)
    query = query.legend_format(legend) if legend else query
    if kind == "table":
        query = query.format(prometheus_models.PromQueryFormat.TABLE)
    return query.instant() if kind in AT_ONCE else query.range()


def _steps(rows: list[list[Any]]) -> board.ThresholdsConfig:
    steps = [models.Threshold(value=row[0] if len(row) == 2 else None, color=row[-1]) for row in rows]
    return board.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(steps)


def _words(words: dict[str, str]) -> list[models.ValueMapping]:
    return [models.ValueMap(options={value: models.ValueMappingResult(text=word) for value, word in words.items()})]


def panel(row: dict[str, Any], number: int, x: int, y: int) -> Any:
    """The builder of one panel, at (x, y) of the grid."""
    kind = row["kind"]
    made = KINDS[kind](row).id(number).title(row["title"]).description(row.get("about", ""))
    made = made.grid_pos(models.GridPos(x=x, y=y, w=row["wide"], h=row["high"]))
    if kind == "text":
        return made
    made = made.datasource(SOURCE)
    for letter, (expr, legend) in zip(LETTERS, row["queries"], strict=False):
        made = made.with_target(_query(kind, letter, expr, legend))
    if "unit" in row:
        made = made.unit(row["unit"])
    made = made.thresholds(_steps(row.get("steps", [["blue" if kind in AT_ONCE else "green"]])))
    if kind in AT_ONCE or kind == "state":
        made = made.color_scheme(board.FieldColor().mode(models.FieldColorModeId.THRESHOLDS))
    return made.mappings(_words(row["words"])) if "words" in row else made


def _variable(row: dict[str, Any]) -> Any:
    made = board.QueryVariable(row["name"]).label(row["label"]).query(row["query"]).datasource(SOURCE)
    made = made.refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED).sort(models.VariableSort.ALPHABETICAL_ASC)
    made = made.regex(row["regex"]) if "regex" in row else made
    return made if row.get("single") else made.multi(True).include_all(True).all_value(".*")


def _placed(rows: list[dict[str, Any]]) -> Iterator[Any]:
    """Builders from the top left to the bottom right: panels fill a line of the grid until the next one is too wide."""
    number, y = 0, 0
    for row in rows:
        number += 1
        yield board.Row(row["title"]).id(number).grid_pos(models.GridPos(x=0, y=y, w=COLUMNS, h=1))
        x, y, high = 0, y + 1, 0
        for each in row["panel"]:
            if x + each["wide"] > COLUMNS:
                x, y, high = 0, y + high, 0
            number += 1
            yield panel(each, number, x, y)
            x, high = x + each["wide"], max(high, each["high"])
        y += high


def built(source: dict[str, Any]) -> str:
    """The JSON of one dashboard, as Grafana imports it."""
    made = board.Dashboard(source["title"]).uid(source["uid"]).description(source["about"]).tags(["xunwang"])
    made = made.refresh(source["refresh"]).time(source["from"], "now").timezone("Asia/Shanghai").readonly()
    made = made.tooltip(models.DashboardCursorSync.CROSSHAIR)
    made = made.with_variable(board.DatasourceVariable("datasource").label("数据源 Data source").type("prometheus"))
    for each in source.get("variable", ()):
        made = made.with_variable(_variable(each))
    links = board.DashboardLink("巡网 xunwang").type(models.DashboardLinkType.DASHBOARDS).tags(["xunwang"])
    made = made.link(links.as_dropdown(True).keep_time(True).include_vars(True))
    for builder in _placed(source["row"]):
        is_row = isinstance(builder, board.Row)
        made = made.with_row(builder) if is_row else made.with_panel(builder)
    return JSONEncoder(sort_keys=True, indent=2, ensure_ascii=False).encode(made.build()) + "\n"


def all_built() -> dict[Path, str]:
    """Where each dashboard goes and what it is."""
    found = sorted((HERE / "panels").glob("*.toml"))
    return {HERE / "dashboards" / f"{path.stem}.json": built(tomllib.loads(path.read_text("utf-8"))) for path in found}


def main() -> int:
    for path, content in all_built().items():
        path.write_text(content, encoding="utf-8")
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
