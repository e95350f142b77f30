"""The circular's tables as one CSV file: each table below its title, an empty line between. With a BOM, for spreadsheets."""

import csv
import io
from collections.abc import Callable, Iterable

from checker.circular.model import Circular
from checker.render.safe import clean, disarmed


def render(circular: Circular) -> bytes:
    """UTF-8 with BOM, CRLF; cells that a spreadsheet would compute are disarmed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)

    def put(*cells: str) -> None:
        writer.writerow([disarmed(clean(cell)) for cell in cells])

    put(circular.title)
    for annex in circular.annexes:
        put()
        put(f"附件{annex.number or ''}", annex.title)
        _all(put, ((note,) for note in annex.notes_above))
        _all(put, annex.header)
        _all(put, (row.cells for row in annex.rows))
        _all(put, ((note,) for note in annex.notes_below))
    put()
    put("统计项", "数值", "印出", "分子", "分母", "来源")
    for figure in circular.statistics:
        parts = ("" if part is None else str(part) for part in (figure.numerator, figure.denominator))
        put(figure.key, str(figure.value), figure.printed, *parts, "、".join(figure.places) or figure.source)
    for title, lines in (("说明", circular.notes), ("警告", circular.warnings)):
        if lines:
            put()
            put(title)
            _all(put, ((line,) for line in lines))
    return ("\ufeff" + out.getvalue()).encode("utf-8")


def _all(put: Callable[..., None], rows: Iterable[Iterable[str]]) -> None:
    for row in rows:
        put(*row)
