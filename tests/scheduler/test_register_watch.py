"""The register file while a service runs: a good one comes into force, one of no use changes nothing."""

import asyncio
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import cast

import pytest

from register import Register, accepted_path, load
from scheduler.clock import SystemClock
from scheduler.dispatch import Dispatch
from scheduler.enrol import Enrolment, enrol
from scheduler.errors import Refused
from scheduler.folder import Folder, open_folder
from scheduler.keeping import RegisterWatch, fingerprint
from scheduler.ledger import Ledger
from scheduler.metrics import Metrics
from scheduler.serving import Serving, revisit_of
from scheduler.settings import Settings
from scheduler.writer import Writer
from tests.scheduler.station import WorkingWriter

HEAD = "网站标识码,网站名称,主办单位,级别,首页网址\n"
ROWS = (
    "5115000001,某县人民政府,某县人民政府办公室,县级门户,http://www.a.example/\n",
    "5115000002,另一县人民政府,另一县人民政府办公室,县级门户,http://www.b.example/\n",
)


class Office:
    """A register file, a ledger, and the watch between them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "sites.csv"
        self.write(*ROWS)
        self.out = open_folder(folder / "out", "serve", revisit_of(Settings("r", "o")))
        self.metrics, self.in_force = Metrics(), list[Register]()
        first = load(self.file, self.kept)
        self.enrol(self.out.ledger, first)
        self.watch = RegisterWatch(
            self.file,
            self.kept,
            fingerprint(self.file),
            cast(Writer, WorkingWriter(self.out.ledger)),
            self.enrol,
            self.in_force.append,
            self.metrics,
        )

    @property
    def kept(self) -> Path:
        return self.folder / "out" / "register"

    def write(self, *rows: str) -> None:
        self.file.write_text(HEAD + "".join(rows), encoding="utf-8")

    def enrol(self, ledger: Ledger, register: Register) -> Enrolment:
        return enrol(ledger, register, lambda kind, category, key: 5, date(2026, 11, 22).isoformat())

    def look(self) -> None:
        asyncio.run(self.watch.look())

    def watched(self) -> set[str]:
        rows = self.out.ledger.transaction().execute("SELECT key FROM targets JOIN states USING (id) WHERE due IS NOT NULL")
        return {key for (key,) in rows}

    @property
    def bad(self) -> float | None:
        return self.metrics.registry.get_sample_value("xunwang_register_bad")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr("scheduler.keeping.WATCH_S", 0.0)
    office = Office(tmp_path)
    yield office
    office.out.close()


BOTH = {"5115000001/@home", "5115000002/@home"}


def test_an_unchanged_file_is_not_read_again(office: Office) -> None:
    office.look()
    assert office.in_force == []


def test_a_changed_file_comes_into_force(office: Office) -> None:
    office.write(ROWS[0])
    office.look()
    assert [sum(register.targets.values()) for register in office.in_force] == [1]
    assert office.watched() == {"5115000001/@home"}
    assert office.bad == 0


@pytest.mark.parametrize("content", [HEAD.encode(), b"", b"\x00\x01 no table", HEAD.encode() + b",,,,\n"])
def test_a_file_of_no_rows_or_no_table_withdraws_nothing(office: Office, content: bytes) -> None:
    office.file.write_bytes(content)
    office.look()
    assert office.in_force == []
    assert office.watched() == BOTH
    assert office.bad == 1


def test_a_file_that_went_away_withdraws_nothing(office: Office) -> None:
    office.file.unlink()
    office.look()
    assert (office.in_force, office.watched(), office.bad) == ([], BOTH, 1)


def test_a_good_file_after_a_bad_one_comes_into_force(office: Office) -> None:
    office.write()
    office.look()
    office.write(ROWS[1])
    office.look()
    assert office.watched() == {"5115000002/@home"}
    assert office.bad == 0


def test_the_register_before_comes_back_as_it_was(office: Office) -> None:
    office.write(ROWS[1])
    office.look()
    office.write(*ROWS)
    office.look()
    assert office.watched() == BOTH
    assert len(office.in_force) == 2


# ---- at the start ----


def starting(out: Folder, file: Path) -> Serving:
    settings = Settings(str(file), str(out.path))
    return Serving(out, settings, file, dispatch=cast(Dispatch, object()), clock=SystemClock())


@pytest.mark.parametrize("content", [HEAD.encode(), b"", b"\x00\x01 no table"])
def test_a_start_with_a_register_of_no_use_goes_on_with_the_last_good_one(office: Office, content: bytes) -> None:
    good = office.out.ledger.meta("register")
    office.file.write_bytes(content)
    register = starting(office.out, office.file).first_register()
    assert register.digest == good
    assert register.path == accepted_path(office.kept, good or "")
    office.enrol(office.out.ledger, register)
    assert office.watched() == BOTH


def test_a_first_start_with_a_register_of_zero_rows_is_refused(tmp_path: Path) -> None:
    out = open_folder(tmp_path / "out", "serve", revisit_of(Settings("r", "o")))
    file = tmp_path / "sites.csv"
    file.write_text(HEAD, encoding="utf-8")
    with pytest.raises(Refused, match="holds nothing to look at"):
        starting(out, file).first_register()
    out.close()
