"""From rule files to a RuleSet. A bad file is refused with every error at once, each with its line and what to write.

A file that `inherits` names a built-in set or a file beside it; its tables are laid over the inherited ones key by key, lists
are replaced whole, and `drop` takes rules out.
"""

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from checker.rules import forms
from checker.rules.errors import RuleError
from checker.rules.lines import Path as KeyPath
from checker.rules.lines import key_lines, line_of
from checker.rules.model import Local, Rule, RuleSet
from checker.rules.tables import TABLES, FileReader

_DEPTH: Final = 8


class RulesUnreadable(Exception):
    """Rule files that cannot be used. `errors` holds all of them, in the order of their lines."""

    def __init__(self, errors: list[RuleError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = errors


def built_in() -> tuple[str, ...]:
    """The names of the rule sets that come with the program."""
    return tuple(sorted(file.name[:-5] for file in files("checker.rules").iterdir() if file.name.endswith(".toml")))


def load_rules(name: str | Path) -> RuleSet:
    """The rule set of that name, or of the file at that path. Raises RulesUnreadable with every error found."""
    chain = _Chain()
    chain.take(str(name), None, RuleError(str(name), 0, "", ""))
    merged: dict[str, Any] = {}
    for read in reversed(chain.read):
        for rule in read.get("drop", ()):
            merged.get("rules", {}).pop(rule, None)
        merged = _laid_over(merged, read)
    errors = chain.errors or list(_missing(merged, chain.first))
    if errors:
        raise RulesUnreadable(errors)
    return _build(merged)


class _Chain:
    """The files from the one asked for up to the one that inherits nothing; `read` holds their values as read."""

    def __init__(self) -> None:
        self.read: list[dict[str, Any]] = []
        self.errors: list[RuleError] = []
        self.first: tuple[str, dict[KeyPath, int]] = ("", {})
        self._seen: set[str] = set()

    def take(self, name: str, beside: Path | None, asked: RuleError) -> None:
        known = built_in()
        path = None if name in known else Path(name) if beside is None else beside / name
        label = name if path is None else path.name
        try:
            text = (
                (files("checker.rules") / f"{name}.toml").read_text("utf-8")
                if path is None
                else path.read_bytes().decode("utf-8-sig")
            )
        except (OSError, UnicodeDecodeError, ValueError) as error:
            close = get_close_matches(name, known, 1)
            hint = f"write {close[0]} if that is meant" if close else f"the built-in ones are {' '.join(known)}"
            why = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else "is no rule set and no file that can be read"
            self._add(asked.file, asked.line, asked.key, f"{name!r} {why}: {hint}")
            return
        identity = name if path is None else str(path.resolve())
        if identity in self._seen or len(self._seen) >= _DEPTH:
            self._add(asked.file, asked.line, asked.key, f"{name!r} inherits from itself: break the circle")
            return
        self._seen.add(identity)
        self._parse(label, text, None if path is None else path.parent)

    def _add(self, file: str, line: int, key: str, mend: str) -> None:
        self.errors.append(RuleError(file, line, key, mend))

    def _parse(self, label: str, text: str, folder: Path | None) -> None:
        lines = key_lines(text)
        try:
            raw = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            line = getattr(error, "lineno", None) or _line_in(str(error))
            self._add(label, line, "", f"no TOML ({str(error).partition(' (at')[0]}): mend this line first")
            return
        if not self.first[0]:
            self.first = (label, lines)
        found: list[RuleError] = []
        self.read.append(FileReader(label, lines, found).read(raw))
        self.errors.extend(sorted(found, key=lambda error: error.line))
        parent = raw.get("inherits")
        if isinstance(parent, str):
            self.take(parent, folder, RuleError(label, line_of(lines, ("inherits",)), "inherits", ""))


def _line_in(message: str) -> int:
    digits = message.partition("at line ")[2].partition(",")[0]
    return int(digits) if digits.isdigit() else 1


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        have = merged.get(key)
        merged[key] = _laid_over(have, value) if isinstance(value, dict) and isinstance(have, dict) else value
    return merged


def _missing(merged: Mapping[str, Any], first: tuple[str, dict[KeyPath, int]]) -> Iterator[RuleError]:
    """What the files together lack, told of the one that was asked for."""
    label, lines = first

    def error(path: tuple[str, ...], mend: str) -> RuleError:
        return RuleError(label, line_of(lines, path), ".".join(path), mend)

    for key, form in TABLES.items():
        for name in form:
            if name not in merged.get(key, {}):
                yield error((key, name), 'missing: write it, or inherits = "national-2019"')
    rules = merged.get("rules", {})
    if not rules:
        yield error(("rules",), 'there is no rule: write [rules.W1], or inherits = "national-2019"')
    for name, rule in rules.items():
        needed = (*forms.NEEDS, *forms.MEASURE_NEEDS.get(rule.get("measure", ""), ()))
        for key in needed:
            if key not in rule:
                yield error(("rules", name, key), f"missing: write {key} = …")
        for other in rule.get("not_counted_by", ()):
            if other not in rules:
                yield error(("rules", name, "not_counted_by"), f"there is no rule {other!r}: write one of {' '.join(rules)}")


def _build(merged: Mapping[str, Any]) -> RuleSet:
    conditions = ("region", "level", "unit", "subject")
    return RuleSet(
        name=merged["name"],
        version=merged["version"],
        title=merged["title"],
        source=merged["source"],
        month_days=merged["calendar"]["months"],
        month_items=merged["calendar"]["month_items"],
        last_within=merged["looks"]["last_within"],
        last_within_by=merged.get("by_category", {}),
        coverage=merged["looks"]["coverage"],
        undated=merged["looks"]["undated"],
        alarm_columns=merged["looks"]["alarm_columns"],
        periods=merged.get("periods", {}),
        platforms=merged.get("platforms", {}),
        locals=tuple(
            Local(
                {key: value for key, value in local.items() if key not in conditions}, *(local.get(key) for key in conditions)
            )
            for local in merged.get("local", ())
        ),
        rules=tuple(Rule(id=name, **rule) for name, rule in merged["rules"].items()),
    )
