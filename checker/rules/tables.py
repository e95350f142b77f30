"""One rule file, key by key: what is good is read, what is not becomes an error with its line and what to write instead."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final

from checker.rules import forms
from checker.rules.errors import RuleError
from checker.rules.lines import Path, line_of

TABLES: Final[Mapping[str, Mapping[str, forms.Read]]] = {"calendar": forms.CALENDAR, "looks": forms.LOOKS}
_SECTIONS: Final = frozenset({*TABLES, "periods", "rules", "local"})
_NEEDED: Final = ("name", "version", "title", "source")


class FileReader:
    """Reads the values of one file; errors go to `found`."""

    def __init__(self, label: str, lines: dict[Path, int], found: list[RuleError]) -> None:
        self._label = label
        self._lines = lines
        self._found = found

    def read(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """The values that could be read, in the shape of the file."""
        read = self._table(raw, forms.HEAD, (), _SECTIONS)
        for key in _NEEDED:
            if key not in raw:
                self._bad((key,), f"missing: write {key} = …")
        for key, form in TABLES.items():
            if key in raw:
                read[key] = self._table(raw[key], form, (key,), frozenset({"by_category"} if key == "looks" else ()))
        looks = raw.get("looks")
        if isinstance(looks, dict) and "by_category" in looks:
            read["by_category"] = self._table(looks["by_category"], forms.PERIODS, ("looks", "by_category"))
        if "periods" in raw:
            read["periods"] = self._table(raw["periods"], forms.PERIODS, ("periods",), frozenset({"platforms"}))
            platforms = raw["periods"].get("platforms", {}) if isinstance(raw["periods"], dict) else {}
            names = platforms if isinstance(platforms, dict) else {}
            read["platforms"] = self._table(platforms, dict.fromkeys(names, forms.span), ("periods", "platforms"))
        if "rules" in raw:
            read["rules"] = self._rules(raw["rules"])
        if "local" in raw:
            read["local"] = self._local(raw["local"])
        return read

    def _rules(self, raw: Any) -> dict[str, Any]:
        if not isinstance(raw, dict) or not raw:
            self._bad(("rules",), "write a table [rules.W1] for each rule")
            return {}
        return {name: self._table(values, forms.RULE, ("rules", name)) for name, values in raw.items()}

    def _local(self, raw: Any) -> list[dict[str, Any]]:
        if not isinstance(raw, list) or not raw:
            self._bad(("local",), "write [[local]] with region, level, unit or subject, and the periods that hold there")
            return []
        return [self._table(values, forms.LOCAL, ("local", number)) for number, values in enumerate(raw)]

    def _table(
        self, values: Any, form: Mapping[str, forms.Read], path: Path, passed: frozenset[str] = frozenset()
    ) -> dict[str, Any]:
        if not isinstance(values, dict):
            self._bad(path, f"write a table [{'.'.join(map(str, path))}]")
            return {}
        read: dict[str, Any] = {}
        for key, value in values.items():
            if key in passed:
                continue
            if key not in form:
                close = get_close_matches(key, form, 1)
                self._bad((*path, key), f"no such key: write {close[0] if close else 'one of ' + ' '.join(form)}")
                continue
            try:
                read[key] = form[key](value)
            except ValueError as error:
                self._bad((*path, key), str(error))
        return read

    def _bad(self, path: Path, mend: str) -> None:
        self._found.append(RuleError(self._label, line_of(self._lines, path), ".".join(map(str, path)), mend))
