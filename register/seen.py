"""Registers that were read before: the digest of their input leads to the accepted file and what was found then.

`<keep>/seen/<input digest>.json`, one small file per input. It also answers for the program: another version of this
package, or other synonyms, read anew.
"""

import os
import tempfile
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path

import msgspec
from msgspec import Struct

from register.accept import sync_folder
from register.model import Register, SubjectKind, TargetKind, accepted_path
from register.problems import Problem, Severity


class Seen(Struct, frozen=True):
    """What a load found. `size`: bytes of the accepted file, which must still have them."""

    digest: str
    size: int
    subjects: dict[SubjectKind, int]
    targets: dict[TargetKind, int]
    problems: tuple[Problem, ...]
    totals: dict[Severity, int]


_decode = msgspec.json.Decoder(Seen).decode


@cache
def program_digest() -> bytes:
    """16 bytes over everything in this package that decides what is accepted."""
    total = blake2b(digest_size=16)
    for file in sorted(files("register").iterdir(), key=lambda file: file.name):
        if file.name.endswith((".py", ".toml")):
            total.update(file.name.encode() + b"\0" + file.read_bytes())
    return total.digest()


def recall(keep: Path, input_digest: str) -> Register | None:
    """The register this input gave before; None where it must be read."""
    try:
        seen = _decode(_path(keep, input_digest).read_bytes())
        kept = accepted_path(keep, seen.digest)
        if kept.stat().st_size != seen.size:
            return None
    except (OSError, msgspec.DecodeError):
        return None
    return Register(seen.digest, seen.subjects, seen.targets, seen.problems, seen.totals, kept)


def remember(keep: Path, input_digest: str, register: Register) -> None:
    """Note what `register` came of. Raises OSError where it cannot be written."""
    path = _path(keep, input_digest)
    path.parent.mkdir(exist_ok=True)
    size = register.path.stat().st_size
    seen = Seen(register.digest, size, register.subjects, register.targets, register.problems, register.totals)
    handle, name = tempfile.mkstemp(dir=path.parent)
    partial = Path(name)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123
            file.write(msgspec.json.encode(seen))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _path(keep: Path, input_digest: str) -> Path:
    return keep / "seen" / f"{input_digest}.json"
