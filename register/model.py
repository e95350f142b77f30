"""An accepted register: its subjects and targets, and the file that keeps them, one JSON line each."""

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Final, Literal, get_args

import msgspec
from msgspec import Struct

from register.errors import RegisterUnreadable
from register.problems import Problem, Severity

SubjectKind = Literal["site", "section", "account"]
TargetKind = Literal["home", "column", "account"]
Category = Literal["news", "notice", "policy", "personnel", "plan", "other"]
Level = Literal["省级门户", "省级部门", "市级门户", "市级部门", "县级门户", "县级部门", "乡镇"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)


class Pause(Struct, frozen=True, omit_defaults=True):
    """不检查: why, and the last day of it as `2026-12-31`; without a day it has no end."""

    reason: str | None = None
    until: str | None = None


class Subject(Struct, frozen=True, omit_defaults=True, tag="subject"):
    """A site, a section of one, or an account.

    code      网站标识码, a section's own code, or 账号标识 (else 16 hexadecimal digits over platform and address)
    platform  of a site: the 平台 it runs on; of an account: its type as printed
    parent    the site of a section
    """

    code: str
    kind: SubjectKind
    name: str
    unit: str | None = None
    short: str | None = None
    region: str | None = None
    level: Level | None = None
    platform: str | None = None
    parent: str | None = None
    paused: Pause | None = None


class Target(Struct, frozen=True, omit_defaults=True, tag="target"):
    """One address watched.

    key          "<subject>/<栏目编号>", "<subject>/<12 hexadecimal digits over the address>" where the column has no number,
                 "<subject>/@home", or the account's code
    subject      the code of the subject it belongs to
    host         its ASCII host name in lower case, without port
    first_level  一级栏目; None where the register does not say
    parent       上级栏目 as printed
    pace_s       least gap between two requests to its host, in seconds
    selector, json_path, charset  override what the reader would find
    """

    key: str
    kind: TargetKind
    subject: str
    url: str
    host: str
    name: str | None = None
    category: Category | None = None
    first_level: bool | None = None
    parent: str | None = None
    unit: str | None = None
    pace_s: float | None = None
    selector: str | None = None
    json_path: str | None = None
    charset: str | None = None
    paused: Pause | None = None


class Register(Struct, frozen=True):
    """What came of reading a register.

    digest    "sha256:…" of the accepted rows in their canonical order: of the kept file, byte for byte
    subjects  how many of each kind; targets likewise
    problems  what was found, at most 10,000 of each severity; totals: how many there were
    kept      the file of accepted rows; None where `load` was not told to keep it
    """

    digest: str
    subjects: dict[SubjectKind, int]
    targets: dict[TargetKind, int]
    problems: tuple[Problem, ...]
    totals: dict[Severity, int]
    kept: Path | None = None

    @property
    def path(self) -> Path:
        """The file of accepted rows. Raises ValueError where the register was loaded without a folder to keep it in."""
        if self.kept is None:
            raise ValueError("this register was not kept: give load() a folder")
        return self.kept

    @property
    def unlisted(self) -> int:
        """Findings that `problems` has no room for."""
        return sum(self.totals.values()) - len(self.problems)


_decode: Final = msgspec.json.Decoder(Subject | Target).decode


def accepted_path(keep: Path, digest: str) -> Path:
    """Where the register `digest` ("sha256:…") is kept below `keep`."""
    return keep / f"{digest.removeprefix('sha256:')}.jsonl"


def read_accepted(jsonl: Path) -> Iterator[Subject | Target]:
    """The accepted rows: sites, sections, accounts, then all targets, each in the order of their codes.

    Raises RegisterUnreadable where the file is not what `load` wrote.
    """
    with jsonl.open("rb") as lines:
        for line in lines:
            try:
                yield _decode(line)
            except msgspec.DecodeError as error:
                raise RegisterUnreadable(f"{jsonl} is damaged: delete it and load the register again") from error


def row_digest(target: Target) -> str:
    """16 hexadecimal digits over what changes how the target is read: address, selector, JSON path, charset."""
    parts = (target.url, target.selector or "", target.json_path or "", target.charset or "")
    return blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=8).hexdigest()
