"""From what an office hands in to an accepted register: sites first, then sections, accounts and columns."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from register.accept import Accepted
from register.columns import ColumnReader
from register.doubles import Doubles
from register.errors import RegisterUnreadable, TableUnreadable
from register.files import InputFile, digest_of, gather, stamp
from register.forms import read_forms
from register.model import Register, SubjectKind, Target, TargetKind
from register.problems import Problems, place
from register.rows import Row
from register.seen import program_digest, recall, remember
from register.subjects import Entry, Owner, Refused, read_account, read_section, read_site
from register.tables import Table, find_tables
from register.urls import Url
from register.vocabulary import WORDS

FORMS: Final = read_forms(WORDS)
_LINE_BITS: Final = 32
_LAST_LINE: Final = (1 << _LINE_BITS) - 1


def load(path: Path, keep: Path | None = None) -> Register:
    """Read and validate the register at `path`: a CSV file, a workbook, or a folder of them.

    keep  the folder the accepted rows are written to, as `<digest>.jsonl`; an input that was read into it before, byte for
          byte, is not validated again. None: nothing is written.

    Raises RegisterUnreadable where there is no register to be read, and OSError where `keep` cannot be written.
    """
    problems = Problems()
    try:
        files = gather(path, problems)
        input_digest = digest_of(files, program_digest())
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            known = recall(keep, input_digest)
            if known is not None:
                return known
        register = _read(files, keep, problems)
    except TableUnreadable as error:
        raise RegisterUnreadable(str(error)) from error
    if keep is not None:
        remember(keep, input_digest, register)
    return register


def _read(files: list[InputFile], keep: Path | None, problems: Problems) -> Register:
    tables = find_tables(files, FORMS, problems)
    if {table.kind for table in tables} == {"column"}:
        raise TableUnreadable(
            f"{tables[0].file} holds columns only: put the table of their sites (网站标识码, 网站名称, 首页网址) "
            "beside it in one folder or workbook, and name that"
        )
    accepted = Accepted(keep)
    try:
        reading = _Reading(tables, problems, accepted)
        reading.run()
        for file in files:
            if stamp(file.path) != file.stamp:
                raise TableUnreadable(f"{file.name} was changed while it was read: load it again")
        digest, kept = accepted.finish()
    except FileNotFoundError as error:
        raise TableUnreadable(f"{error.filename} went away while it was read: load the register again") from error
    finally:
        accepted.close()
    return Register(digest, reading.subjects, reading.targets, tuple(problems.kept), dict(problems.totals), kept)


class _Reading:
    """One walk over the tables of a register."""

    def __init__(self, tables: list[Table], problems: Problems, accepted: Accepted) -> None:
        self.subjects: dict[SubjectKind, int] = {"site": 0, "section": 0, "account": 0}
        self.targets: dict[TargetKind, int] = {"home": 0, "column": 0, "account": 0}
        self._tables = tables
        self._problems = problems
        self._accepted = accepted
        self._owners: dict[str, Owner] = {}
        self._entries: dict[str, Entry] = {}
        self._refused: dict[str, str] = {}
        self._doubles = Doubles()

    def run(self) -> None:
        self._take_subjects("site", read_site)
        self._take_subjects("section", lambda row: read_section(row, self._owners))
        self._take_subjects("account", read_account)
        self._entries.clear()
        reader = ColumnReader(self._owners, self._refused)
        for number, row in self._rows("column"):
            target = reader.read(row)
            if target is not None:
                self._take_target(target, number, row)

    def _rows(self, kind: str) -> Iterable[tuple[int, Row]]:
        for number, table in enumerate(self._tables):
            if table.kind == kind:
                for row in table.rows(self._problems):
                    yield number << _LINE_BITS | row.line, row

    def _take_subjects(self, kind: SubjectKind, read: Callable[[Row], Entry | Refused]) -> None:
        for number, row in self._rows(kind):
            entry = read(row)
            if isinstance(entry, Refused):
                if entry.code:
                    self._refused.setdefault(entry.code, place(*row.where))
            elif self._is_new(entry, row):
                self._take_subject(entry, number, row)

    def _is_new(self, entry: Entry, row: Row) -> bool:
        earlier = self._owners.get(entry.subject.code)
        if earlier is None:
            return True
        field, what = ("code", "code") if row.text("code") else ("url", "address")
        if self._entries[entry.subject.code] == entry:
            row.mended(field, f"the same row as {earlier.place}: read once", "delete one of them")
        else:
            row.bad(field, f"the {what} of {earlier.place}, which was read first", f"give each its own {what}, or delete one")
        return False

    def _take_subject(self, entry: Entry, number: int, row: Row) -> None:
        subject, target = entry
        self._accepted.add(subject, number)
        self.subjects[subject.kind] += 1
        home = Url(target.url, target.host, ()) if target is not None else None
        self._owners[subject.code] = Owner(subject.kind, home, place(*row.where))
        self._entries[subject.code] = entry
        self._refused.pop(subject.code, None)
        said = subject.kind == "account" and self._doubles.look(subject, target.url if target else None, row, place(*row.where))
        if target is not None:
            self._take_target(target, number, row, said)

    def _take_target(self, target: Target, number: int, row: Row, said: bool = False) -> None:
        """said: whether its address was noted already."""
        earlier = self._accepted.add(target, number)
        field = "url" if target.kind != "home" else "home"
        if earlier is not None:
            where = self._place(earlier.place)
            what = "code" if row.text("code") else field
            if earlier.same:
                row.mended(what, f"the same row as {where}: read once", "delete one of them")
            else:
                row.bad(what, f"the same as {where}, which was read first", "give each its own 栏目编号, or delete one")
            return
        self.targets[target.kind] += 1
        other = self._accepted.same_url(target, number)
        if other is not None and not said:
            row.note(field, f"the same address as {self._place(other)}: both are watched", "make sure each has its own")

    def _place(self, number: int) -> str:
        table = self._tables[number >> _LINE_BITS]
        return place(table.file, table.sheet, number & _LAST_LINE)
