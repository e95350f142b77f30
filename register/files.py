"""Which files a register consists of, what each of them really is, and one sentence for each that cannot be read."""

import os
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Final, Literal, NamedTuple

from register.errors import TableUnreadable
from register.problems import Problems

_CHUNK: Final = 1 << 20
_TABLES: Final = frozenset({".csv", ".tsv", ".xlsx", ".xlsm"})
_SPREADSHEETS: Final = frozenset({".xls", ".xlsb", ".ods", ".et", ".numbers"})
_KEPT: Final = ".jsonl"
"""Accepted registers may be kept in the folder they were read from."""
SAVE_AS: Final = "save the table as .xlsx or CSV UTF-8 and hand that in"
_SIGNATURES: Final = (
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook (.xls) or protected by a password: save it as .xlsx without a password"),
    (b"%PDF", f"is a PDF, whatever its name: {SAVE_AS}"),
    (b"Rar!", "is packed: unpack it first"),
    (b"7z\xbc\xaf", "is packed: unpack it first"),
    (b"\x1f\x8b", "is packed: unpack it first"),
    (b"\x89PNG", f"is a picture: {SAVE_AS}"),
    (b"\xff\xd8\xff", f"is a picture: {SAVE_AS}"),
    (b"{\\rtf", f"is a text document: {SAVE_AS}"),
    (b"SQLite format 3", f"is a database: {SAVE_AS}"),
)
_MARKUP: Final = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head")


class InputFile(NamedTuple):
    """One file. `name` is how findings call it; `stamp` changes when it is written to."""

    path: Path
    name: str
    form: Literal["csv", "xlsx"]
    stamp: tuple[int, int, int]


def gather(path: Path, problems: Problems) -> list[InputFile]:
    """The files of a register, by name: `path` itself, or the CSV and XLSX files of a folder. Raises TableUnreadable."""
    try:
        if path.is_dir():
            return [_look_at(file) for file in _of_folder(path, problems)]
        if not path.exists():
            raise TableUnreadable(f"{path} does not exist: name a CSV or XLSX file, or a folder of them")
        return [_look_at(path)]
    except (OSError, ValueError) as error:
        raise TableUnreadable(f"{path} cannot be read ({_why(error)}): check its name and permissions") from error


def _of_folder(folder: Path, problems: Problems) -> Iterator[Path]:
    found = False
    for file in sorted(folder.iterdir()):
        suffix = file.suffix.lower()
        if file.name.startswith((".", "~$")) or file.is_dir() or suffix == _KEPT:
            continue
        if suffix in _SPREADSHEETS:
            raise TableUnreadable(f"{file.name} cannot be read: save it as .xlsx or CSV UTF-8, or take it out of the folder")
        if suffix in _TABLES:
            found = True
            yield file
        else:
            problems.add((file.name, None, 0), "", "", "note", "neither CSV nor XLSX: it was not read")
    if not found:
        raise TableUnreadable(f"{folder} holds no table: put CSV or XLSX files in it, or name another folder")


def _look_at(path: Path) -> InputFile:
    if not path.is_file():
        raise TableUnreadable(f"{path} is no ordinary file: name a CSV or XLSX file, or a folder of them")
    with path.open("rb") as file:
        head = file.read(1024)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise TableUnreadable(f"{path.name} is empty: hand in a table with a header row and rows below it")
    for signature, what in _SIGNATURES:
        if head.startswith(signature):
            raise TableUnreadable(f"{path.name} {what}")
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_MARKUP):
        raise TableUnreadable(f"{path.name} is a web page or XML, whatever its name: open it in Excel and save it as .xlsx")
    return InputFile(path, path.name, "xlsx" if head.startswith(b"PK\x03\x04") else "csv", stamp(path))


def stamp(path: Path) -> tuple[int, int, int]:
    """What changes when a file is written to or replaced."""
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def digest_of(files: list[InputFile], salt: bytes) -> str:
    """32 hexadecimal digits over names and bytes of `files`, and `salt`. Raises TableUnreadable."""
    total = blake2b(salt, digest_size=16)
    for file in files:
        content = blake2b(digest_size=16)
        try:
            with file.path.open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    content.update(chunk)
        except OSError as error:
            raise TableUnreadable(f"{file.path} cannot be read ({_why(error)}): check its permissions") from error
        total.update(os.fsencode(file.name) + b"\0" + content.digest())
    return total.hexdigest()


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
