"""The circular as JSON: the tables themselves, which every other format is rendered from.

{"title", "issuer", "number", "period", "issued", "T", "rules", "register",
 "statistics": {key: {"value", "printed", "source", "numerator", "denominator", "places"}},
 "annexes": [{"number", "title", "listed", "notes_above", "notes_below", "header": [[…]], "rows": [[…]],
              "kinds": [row|group|total], "proofs": [[…]]}],
 "paragraphs", "slips", "charts", "notes", "warnings"}
A merged cell is repeated in every place that it covers.
"""

from typing import Any

import msgspec

from checker.circular.model import Annex, Circular


def render(circular: Circular) -> bytes:
    """UTF-8, indented; lone surrogates, which no UTF-8 can hold, become question marks."""
    plain: dict[str, Any] = msgspec.to_builtins(circular)
    plain["statistics"] = {figure.key: _figure(msgspec.to_builtins(figure)) for figure in circular.statistics}
    plain["annexes"] = [_annex(annex) for annex in circular.annexes]
    return msgspec.json.format(msgspec.json.encode(_writable(plain)), indent=1) + b"\n"


def _figure(figure: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in figure.items() if name != "key" and value not in (None, [], ())}


def _annex(annex: Annex) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(annex)
    plain["rows"] = [list(row.cells) for row in annex.rows]
    plain["kinds"] = [row.kind for row in annex.rows]
    plain["proofs"] = [msgspec.to_builtins(row.proofs) for row in annex.rows]
    return plain


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isprintable() else value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_writable(key): _writable(item) for key, item in value.items()}
    return [_writable(item) for item in value] if isinstance(value, list | tuple) else value
