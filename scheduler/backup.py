"""A copy of a patrol's folder while the patrol writes. It takes no lock and asks nothing of the process that writes.

1. The ledger first, by SQLite's online backup over a read-only connection: one moment, with the journal position it stands for.
   A line is in the journal, synced, before the ledger knows of it: what the ledger stands for is there to be copied.
   From a disk that went read-only the files are taken as they lie: nobody writes to them.
2. The journal's segments, the last one up to that position and no byte further. Segments are never rewritten; a closed one
   may meanwhile be compressed beside itself and go: then the compressed one is copied. One past its retention stays out.
3. The accepted registers, which verdicts on past days need, and whatever else the folder holds but the lock.
4. Everything is synced and the copy is checked, under another name; then it gets its own. So a copy is whole or is not there.

The copy is a folder of its own: a patrol started on it goes on with the next seq. Lines that the first one wrote after the
backup are not in it, so their seq are given to other lines; their ids are not (README: consumers tell lines by `id`).
"""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final, NamedTuple

from scheduler.errors import Refused
from scheduler.journal import Position
from scheduler.ledger import APPLICATION_ID, SCHEMA_VERSION, out_of_room, unusable
from scheduler.shelf import kept_numbers, open_segment, packed_path, segment_path

LEDGER: Final = "ledger.sqlite"
_OWN: Final = frozenset({"journal", "lock", LEDGER, f"{LEDGER}-wal", f"{LEDGER}-shm", f"{LEDGER}-journal"})
_CHUNK: Final = 1 << 20


class Backup(NamedTuple):
    """position: what ledger and journal of the copy stand for. size: its bytes. segments, registers: files."""

    position: Position
    segments: int
    registers: int
    size: int


def back_up(folder: Path, target: Path) -> Backup:
    """Copy `folder`, running or not, to `target`, which must not exist or be empty. Raises Refused with nothing left behind."""
    _refuse_places(folder, target)
    unfinished = target.with_name(f".{target.name}.unfinished-{os.getpid()}")
    try:
        unfinished.mkdir(parents=True)
        try:
            position, last_id = _copy_ledger(folder / LEDGER, unfinished / LEDGER)
            segments = _copy_journal(folder / "journal", unfinished / "journal", position)
            _check_end(folder, unfinished / "journal", position, last_id)
            _copy_rest(folder, unfinished)
            size = _sync(unfinished)
            registers = len(list((unfinished / "register").glob("*.jsonl")))
            unfinished.rename(target)
            _sync_folder(target.parent)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    except OSError as error:
        where = error.filename or target
        raise Refused(
            f"the backup {target} was not made: {where}: {error.strerror}; make room, or name another folder"
        ) from error
    return Backup(position, segments, registers, size)


def _refuse_places(folder: Path, target: Path) -> None:
    if not (folder / LEDGER).is_file():
        raise Refused(f"there is no ledger at {folder / LEDGER}; name the --out folder of a crawl or serve run")
    if target.is_symlink() or (target.exists() and not (target.is_dir() and not any(target.iterdir()))):
        raise Refused(f"{target} is there already; name a folder that is not, such as one with the day in its name")
    if target.resolve().is_relative_to(folder.resolve()):
        raise Refused(f"{target} lies in {folder}, whose disk it is to outlive; name a folder elsewhere")


def _copy_ledger(path: Path, copy: Path) -> tuple[Position, str]:
    """Returns the position that the copy stands for, and the id of the line that ends there ('' at the beginning)."""
    try:
        if os.statvfs(path).f_flag & os.ST_RDONLY:
            _copy_as_it_lies(path, copy)
        else:
            _copy_online(path, copy)
        return _position_of(path, copy)
    except sqlite3.Error as error:
        if out_of_room(error):
            raise Refused(f"no room for the copy of the ledger {path} ({error}); make room, or name another folder") from error
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CANTOPEN:
            raise Refused(f"the ledger {path} cannot be opened by this user; be the one that patrols") from error
        raise unusable(path, error) from error


def _copy_online(path: Path, copy: Path) -> None:
    read_only = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(read_only, uri=True, timeout=10)) as source, closing(sqlite3.connect(copy)) as sink:
        source.backup(sink)


def _copy_as_it_lies(path: Path, copy: Path) -> None:
    """SQLite would want to write beside the ledger even to read it; in the copy it puts the two files together."""
    for suffix in ("", "-wal"):
        with suppress(FileNotFoundError):
            shutil.copyfile(f"{path}{suffix}", f"{copy}{suffix}")


def _position_of(path: Path, copy: Path) -> tuple[Position, str]:
    """Reads and checks the copy of `path`."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as ledger:
        if ledger.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise Refused(f"{path} is not a xunwang ledger; name the --out folder of a crawl or serve run")
        form = ledger.execute("PRAGMA user_version").fetchone()[0]
        if form > SCHEMA_VERSION:
            raise Refused(f"the ledger {path} was written by a newer xunwang (form {form}); back it up with that version")
        wrong = ledger.execute("PRAGMA quick_check").fetchone()[0]
        if wrong != "ok":
            raise unusable(path, sqlite3.DatabaseError(wrong.splitlines()[0]))
        segment, offset, seq, last_id = ledger.execute('SELECT segment, "offset", seq, id FROM position').fetchone()
    return Position(segment, offset, seq), last_id


def _copy_journal(journal: Path, copy: Path, position: Position) -> int:
    copy.mkdir()
    closed = [number for number in kept_numbers(journal) if number < position.segment]
    segments = sum(_copy_closed(journal, number, copy) for number in closed)
    if position.offset:
        _copy_last(journal, position, copy)
        segments += 1
    return segments


def _copy_closed(journal: Path, number: int, copy: Path) -> bool:
    """A closed segment, plain where it is there, else as it was compressed; False where neither is kept any more."""
    for path in (segment_path(journal, number), packed_path(journal, number)):
        try:
            shutil.copy2(path, copy / path.name)
        except FileNotFoundError:
            continue
        return True
    return False


def _copy_last(journal: Path, position: Position, copy: Path) -> None:
    """The segment that the position lies in, up to there; plain in the copy, since it is to be written on."""
    left = position.offset
    with open_segment(journal, position.segment) as source, segment_path(copy, position.segment).open("wb") as sink:
        while left and (chunk := source.read(min(left, _CHUNK))):
            sink.write(chunk)
            left -= len(chunk)
    if left:
        raise Refused(
            f"{segment_path(journal, position.segment)} is {position.offset - left} bytes long where the ledger knows of "
            f"{position.offset}; bring it back from an older backup"
        )


def _check_end(folder: Path, copy: Path, position: Position, last_id: str) -> None:
    """The last line copied must be the one that the ledger names, or the two do not belong together."""
    if position.offset and last_id.encode() not in _last_line(segment_path(copy, position.segment), position.offset):
        raise Refused(f"ledger and journal of {folder} do not belong together: another line stands at {position.seq}")


def _last_line(path: Path, end: int) -> bytes:
    with path.open("rb") as file:
        span = _CHUNK
        while True:
            start = max(0, end - span)
            file.seek(start)
            _, newline, line = file.read(end - start).removesuffix(b"\n").rpartition(b"\n")
            if newline or start == 0:
                return line
            span *= 4


def _copy_rest(folder: Path, copy: Path) -> None:
    """Whatever else is in the folder, as it is now; a file that goes meanwhile was not to be kept."""
    for path in sorted(folder.iterdir()):
        if path.name in _OWN or path.is_symlink():
            continue
        if path.is_dir():
            (copy / path.name).mkdir()
            _copy_rest_of(path, copy / path.name)
        elif path.is_file():
            _copy_kept(path, copy / path.name)
    (copy / "register").mkdir(exist_ok=True)


def _copy_rest_of(folder: Path, copy: Path) -> None:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            (copy / path.name).mkdir()
            _copy_rest_of(path, copy / path.name)
        elif path.is_file():
            _copy_kept(path, copy / path.name)


def _copy_kept(path: Path, copy: Path) -> None:
    try:
        shutil.copy2(path, copy)
    except FileNotFoundError:
        copy.unlink(missing_ok=True)


def _sync(folder: Path) -> int:
    """Make the copy survive a power cut; returns its bytes."""
    size = 0
    for path in folder.rglob("*"):
        if path.is_dir():
            _sync_folder(path)
            continue
        with path.open("rb") as file:
            os.fsync(file.fileno())
            size += os.fstat(file.fileno()).st_size
    _sync_folder(folder)
    return size


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
