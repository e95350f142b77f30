"""Where reports come in: a folder for CSV, XLSX and JSON-lines files, and the body of a request. Nothing is moved or written.

A file is remembered by the digest of its bytes: saved again unchanged, or copied under another name, it is not read twice. A
file that was written to a moment ago is left for the next look, since it may not be whole.
"""

import tomllib
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import orjson
from msgspec import Struct

from register.cells import fold, text_of
from register.errors import TableUnreadable
from register.files import gather
from register.forms import Form, read_forms
from register.problems import Problem, Problems
from register.tables import find_tables
from scheduler.accounts.reports import KnownAccounts, Report, Statement, accept, statement_of

_DATA: Final = files("scheduler.accounts") / "reportforms.toml"
FORMS: Final[tuple[Form, ...]] = read_forms(tomllib.loads(_DATA.read_text("utf-8")))
_FORM: Final = FORMS[0]
MOST_BODY: Final = 1_000_000
MOST_FILE: Final = 20_000_000
MOST_ROWS: Final = 20_000
SETTLED_MS: Final = 3_000
_TABLES: Final = frozenset({".csv", ".tsv", ".xlsx", ".xlsm"})
_LINES: Final = frozenset({".jsonl", ".ndjson", ".json"})


class Batch(Struct, frozen=True):
    """What one file, folder or body brought: accepted reports, and every row that was not, or not wholly, with its place."""

    reports: tuple[Report, ...]
    problems: tuple[Problem, ...]


class FolderLook(Struct, frozen=True):
    """One look at the folder. `seen`: digests of all files read so far, to be given to the next look."""

    batch: Batch
    seen: frozenset[str]
    files: tuple[str, ...]


def read_body(body: bytes, known: KnownAccounts, now_ms: int, name: str = "POST") -> Batch:
    """The reports of a request's body: one JSON object, an array, `{"reports": […]}`, or one object per line."""
    problems = Problems()
    if len(body) > MOST_BODY:
        problems.add((name, None, 0), "", "", "bad", f"more than {MOST_BODY} bytes", "send fewer reports at once")
        return Batch((), tuple(problems.kept))
    return _batch(_of_json(body, name, problems), known, now_ms, problems)


def look_into(folder: Path, seen: frozenset[str], known: KnownAccounts, now_ms: int) -> FolderLook:
    """Read the files of `folder` that are new since `seen`. A folder or file that cannot be read is a problem, no error."""
    problems = Problems()
    statements: list[Statement] = []
    read: list[str] = []
    for path in _files(folder, problems):
        try:
            status = path.stat()
            if now_ms - status.st_mtime_ns // 1_000_000 < SETTLED_MS:
                continue
            if status.st_size > MOST_FILE:
                problems.add((path.name, None, 0), "", "", "bad", f"more than {MOST_FILE} bytes", "split it")
                continue
            body = path.read_bytes()
        except OSError as error:
            _unreadable(path.name, error.strerror or str(error), problems)
            continue
        digest = blake2b(body, digest_size=16).hexdigest()
        if digest in seen:
            continue
        seen, read = seen | {digest}, [*read, path.name]
        lines = path.suffix.lower() in _LINES
        statements += _of_json(body, path.name, problems) if lines else _of_table(path, problems)
    return FolderLook(_batch(statements, known, now_ms, problems), seen, tuple(read))


def _batch(statements: list[Statement], known: KnownAccounts, now_ms: int, problems: Problems) -> Batch:
    reports = accept(statements, known, now_ms, problems)
    return Batch(tuple(reports), tuple(problems.kept))


def _files(folder: Path, problems: Problems) -> list[Path]:
    try:
        found = sorted(path for path in folder.iterdir() if not path.name.startswith((".", "~$")))
    except OSError as error:
        _unreadable(folder.name, error.strerror or str(error), problems)
        return []
    return [path for path in found if path.suffix.lower() in _TABLES | _LINES and path.is_file() and not path.is_symlink()]


def _unreadable(name: str, why: str, problems: Problems) -> None:
    problems.add((name, None, 0), "", "", "bad", f"cannot be read ({why})", "check its name and permissions")


def _of_table(path: Path, problems: Problems) -> list[Statement]:
    found: list[Statement] = []
    try:
        for table in find_tables(gather(path, problems), FORMS, problems):
            for row in table.rows(problems):
                if len(found) >= MOST_ROWS:
                    row.bad("", f"more than {MOST_ROWS} rows: the rest was not read", "split it")
                    break
                fields = {name: row.code(name) if name == "code" else row.text(name) for name in table.index}
                found.append(statement_of(fields, row.where))
    except TableUnreadable as error:
        problems.add((path.name, None, 0), "", "", "bad", str(error))
    return found


def _of_json(body: bytes, name: str, problems: Problems) -> list[Statement]:
    found: list[Statement] = []
    for line, value in _values(body, name, problems):
        where = (name, None, line)
        if len(found) >= MOST_ROWS:
            problems.add(where, "", "", "bad", f"more than {MOST_ROWS} reports: the rest was not read", "split it")
            break
        if isinstance(value, Mapping):
            found.append(statement_of(_named(value), where))
        else:
            problems.add(where, "", str(value)[:80], "bad", "a report is a JSON object", _EXAMPLE)
    return found


_EXAMPLE: Final = 'send {"account": "…", "updated": "2026-11-20", "link": "https://…"}'


def _values(body: bytes, name: str, problems: Problems) -> Iterator[tuple[int, Any]]:
    """The objects of some JSON with their line, from 1; of an array their number."""
    text = body.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        problems.add((name, None, 0), "", "", "bad", "empty", _EXAMPLE)
        return
    try:
        whole = orjson.loads(text)
    except orjson.JSONDecodeError:
        yield from _lines(text, name, problems)
        return
    rows = whole.get("reports") if isinstance(whole, dict) and "reports" in whole else whole
    yield from enumerate(rows if isinstance(rows, list) else [rows], 1)


def _lines(text: bytes, name: str, problems: Problems) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield number, orjson.loads(line)
            except orjson.JSONDecodeError:
                problems.add((name, None, number), "", "", "bad", "no JSON", _EXAMPLE)


def _named(value: Mapping[Any, Any]) -> dict[str, str]:
    """The fields of an object by the form's names, whatever language they are written in; the first of a name counts."""
    fields: dict[str, str] = {}
    for key, inner in value.items():
        field = _FORM.words.get(fold(str(key)))
        if field and isinstance(inner, str | int | float) and not isinstance(inner, bool):
            fields.setdefault(field, text_of(inner))
    return fields
