import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from crawler.records import Observation, Reading
from scheduler.conclude import conclude, encode_line, replayed
from scheduler.errors import Refused
from scheduler.folder import open_folder
from scheduler.journal import Journal, Position, read_lines, segment_path
from scheduler.ledger import Ledger, Update
from scheduler.replay import catch_up
from scheduler.state import State, decode_state, encode_state, fold
from tests.scheduler.builders import (
    BEGINNING,
    HOUSE,
    LIST,
    PASS,
    START_MS,
    bare,
    new_journal_folder,
    populate,
    raw_line,
    sighting,
    states,
    task,
    without_validators,
)

KEYS = ("one", "two", "three")
decode = msgspec.json.Decoder(Observation).decode


def folded(journal: Path) -> dict[tuple[str, str], tuple[int | None, State]]:
    """The fold over all whole lines, made in the plainest way."""
    found: dict[tuple[str, str], tuple[int | None, State]] = {}
    for _, raw in read_lines(journal, BEGINNING):
        observation = decode(raw)
        key = (observation.kind, observation.target)
        before = found[key][1] if key in found else None
        state = fold(before, replayed(observation))
        found[key] = (state.due_ms, state)
    return found


def seqs(journal: Path) -> list[int]:
    return [decode(raw).seq for _, raw in read_lines(journal, BEGINNING)]


# ---- the protocol, killed anywhere ----


class KilledAnywhere(RuleBasedStateMachine):
    """Append, sync and commit as the writer does; at any moment the folder is copied as a kill would leave it, and reopened."""

    def __init__(self) -> None:
        super().__init__()
        self.home = TemporaryDirectory()
        self.folder = Path(self.home.name) / "0"
        self.lives = 0
        self.seq = 0
        self._open(fresh=True)

    def _open(self, *, fresh: bool = False) -> None:
        journal = new_journal_folder(self.folder)
        self.ledger = Ledger.open(self.folder / "ledger.sqlite", "crawl")
        if fresh:
            populate(self.ledger, {"a.test": KEYS})
        self.position = catch_up(self.ledger, journal, PASS)
        self.journal = Journal(journal, self.position, segment_bytes=4000)
        self.seq = self.position.seq
        self.uncommitted: list[Update] = []
        self.last_id = ""
        self.live = {key: encode_state(state) for (_, key), (_, state) in states(self.ledger).items()}
        self.ids = {key: found[0] for key in KEYS if (found := self.ledger.state_of("home", key))}

    def _close(self) -> None:
        self.journal.close()
        self.ledger.close()

    @rule(
        batch=st.lists(
            st.tuples(st.sampled_from(KEYS), st.sampled_from(["ok", "timeout", "same"]), st.lists(st.sampled_from("abc"))),
            min_size=1,
            max_size=5,
        )
    )
    def append(self, batch: list[tuple[str, str, list[str]]]) -> None:
        text = b""
        for key, what, titles in batch:
            self.seq += 1
            state = decode_state(self.live[key]) if key in self.live else None
            seen = sighting("ok", LIST, *titles, at_ms=START_MS + self.seq)
            if what == "timeout":
                seen = msgspec.structs.replace(seen, outcome="timeout", reading=Reading("none"), items=())
            elif what == "same" and state and state.reading:
                seen = msgspec.structs.replace(seen, unchanged=True, reading=None, items=())
            line, after = conclude(task(key, due_ms=START_MS + self.seq, state=state), seen, HOUSE)
            line.seq = self.seq
            text += encode_line(line) + b"\n"
            self.live[key] = encode_state(after)
            self.uncommitted.append(Update(self.live[key], after.due_ms, None, self.ids[key]))
            self.last_id = line.id
        segment, offset = self.journal.append(text)
        self.position = Position(segment, offset, self.seq)

    @precondition(lambda self: self.uncommitted)
    @rule()
    def sync_and_commit(self) -> None:
        self.journal.sync()
        self.ledger.commit(self.uncommitted, self.position, self.last_id)
        self.uncommitted = []

    @rule(torn=st.binary(max_size=40).filter(lambda text: b"\n" not in text), forget=st.booleans())
    def kill(self, torn: bytes, forget: bool) -> None:
        """Everything on the disk is copied as it is; perhaps a line was half written, perhaps the ledger is lost as well."""
        self.lives += 1
        copy = Path(self.home.name) / str(self.lives)
        shutil.copytree(self.folder, copy)
        self._close()
        self.folder = copy
        before = self.seq
        with segment_path(copy / "journal", self.position.segment).open("ab") as file:
            file.write(torn)
        if forget:
            for path in copy.glob("ledger.sqlite*"):
                path.unlink()
        self._open(fresh=forget)
        assert self.seq == before
        assert self.position == self.journal_end()

    def journal_end(self) -> Position:
        place = BEGINNING
        for place, _ in read_lines(self.folder / "journal", BEGINNING):  # noqa: B007
            pass
        return place

    @invariant()
    def lines_are_numbered_without_gaps(self) -> None:
        assert seqs(self.folder / "journal") == list(range(1, self.seq + 1))

    @precondition(lambda self: not self.uncommitted)
    @invariant()
    def the_ledger_is_the_fold_of_the_journal(self) -> None:
        assert bare(self.ledger) == folded(self.folder / "journal")

    def teardown(self) -> None:
        self._close()
        self.home.cleanup()


KilledAnywhere.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestKilledAnywhere = KilledAnywhere.TestCase


# ---- replay itself ----


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return new_journal_folder(tmp_path)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.open(tmp_path / "ledger.sqlite", "crawl")


def write(journal: Path, *lines: bytes, segment: int = 1) -> None:
    segment_path(journal, segment).write_bytes(b"".join(lines))


@given(cut=st.integers(0, 4200), committed=st.integers(0, 4))
def test_any_prefix_of_a_journal_replays_to_the_fold_of_its_whole_lines(cut: int, committed: int) -> None:
    with TemporaryDirectory() as home:
        folder = new_journal_folder(Path(home))
        ledger = Ledger.open(Path(home) / "ledger.sqlite", "crawl")
        lines = [raw_line(seq, KEYS[seq % 3], ["a", str(seq)]) for seq in range(1, 5)]
        write(folder, *lines[:committed])
        catch_up(ledger, folder, PASS)
        text = b"".join(lines)
        write(folder, text[: max(cut, len(b"".join(lines[:committed])))])
        position = catch_up(ledger, folder, PASS)
        assert bare(ledger) == folded(folder)
        assert segment_path(folder, 1).stat().st_size == position.offset
        assert position.seq == len(seqs(folder))
        ledger.close()


def test_an_empty_folder_replays_to_the_beginning(ledger: Ledger, journal: Path) -> None:
    assert catch_up(ledger, journal, PASS) == BEGINNING
    ledger.close()


def test_a_replayed_line_leaves_no_validator_and_no_register_row(ledger: Ledger, journal: Path) -> None:
    write(journal, raw_line(1, "k", ["a"]))
    catch_up(ledger, journal, PASS)
    ((due, state),) = states(ledger).values()
    assert due == START_MS + 1
    assert state == without_validators(state)
    assert state.digest == "d"
    ledger.close()


def test_a_replay_of_more_lines_than_one_batch_reaches_the_end(
    ledger: Ledger, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.replay.BATCH", 3)
    write(journal, *(raw_line(seq, str(seq % 7)) for seq in range(1, 20)))
    assert catch_up(ledger, journal, PASS).seq == 19
    assert ledger.position()[0].seq == 19
    assert bare(ledger) == folded(journal)
    ledger.close()


def test_a_segment_that_was_opened_but_got_no_line_is_gone_on_with(ledger: Ledger, journal: Path) -> None:
    write(journal, raw_line(1))
    write(journal, segment=2)
    position = catch_up(ledger, journal, PASS)
    assert position == Position(2, 0, 1)
    Journal(journal, position).close()
    ledger.close()


def test_a_segment_with_only_a_torn_line_is_gone_on_with(ledger: Ledger, journal: Path) -> None:
    write(journal, raw_line(1))
    write(journal, raw_line(2)[:-1], segment=2)
    assert catch_up(ledger, journal, PASS) == Position(2, 0, 1)
    assert segment_path(journal, 2).read_bytes() == b""
    ledger.close()


def test_a_target_in_no_register_yet_gets_a_row_that_no_round_is_made_of(ledger: Ledger, journal: Path) -> None:
    write(journal, raw_line(1, "unheard of"))
    catch_up(ledger, journal, PASS)
    assert set(states(ledger)) == {("home", "unheard of")}
    assert list(ledger.hosts()) == []
    ledger.close()


# ---- what is refused ----


def refused(ledger: Ledger, journal: Path) -> str:
    before = segment_path(journal, 1).read_bytes() if segment_path(journal, 1).exists() else b""
    with pytest.raises(Refused) as refusal:
        catch_up(ledger, journal, PASS)
    ledger.close()
    if before:
        assert segment_path(journal, 1).read_bytes() == before
    sentence = str(refusal.value)
    assert "\n" not in sentence
    return sentence


def test_a_ledger_ahead_of_its_journal_is_refused_naming_what_to_do(ledger: Ledger, journal: Path) -> None:
    write(journal, raw_line(1), raw_line(2))
    catch_up(ledger, journal, PASS)
    write(journal, raw_line(1))
    sentence = refused(ledger, journal)
    assert "line 2 is not in the journal any more" in sentence
    assert "restore the journal, or move the ledger away" in sentence


def test_a_ledger_whose_journal_is_gone_is_refused(ledger: Ledger, journal: Path) -> None:
    write(journal, raw_line(1))
    catch_up(ledger, journal, PASS)
    segment_path(journal, 1).unlink()
    assert "do not belong together" in refused(ledger, journal)


def test_a_ledger_of_another_journal_is_refused_naming_what_to_do(ledger: Ledger, journal: Path) -> None:
    write(journal, raw_line(1, "aa"))
    catch_up(ledger, journal, PASS)
    write(journal, raw_line(1, "bb"), raw_line(2, "bb"))
    sentence = refused(ledger, journal)
    assert "another line stands at 1" in sentence
    assert "move the ledger away and start again" in sentence


def test_a_gap_in_the_numbers_is_refused_naming_the_place(ledger: Ledger, journal: Path) -> None:
    write(journal, raw_line(1), raw_line(3))
    sentence = refused(ledger, journal)
    assert "seq 3 stands where 2 belongs" in sentence
    assert str(segment_path(journal, 1)) in sentence


def test_a_segment_missing_from_the_middle_is_refused(ledger: Ledger, journal: Path) -> None:
    write(journal, raw_line(1))
    write(journal, raw_line(3), segment=3)
    assert "seq 3 stands where 2 belongs" in refused(ledger, journal)


@pytest.mark.parametrize("bad", [b"nonsense\n", b"{}\n", b"\n", b'{"v":1\n', b"\xff\n"])
def test_a_line_that_is_no_observation_is_refused_naming_the_place(ledger: Ledger, journal: Path, bad: bytes) -> None:
    write(journal, raw_line(1), bad)
    sentence = refused(ledger, journal)
    assert "not an observation" in sentence
    assert "restore the segment from a copy" in sentence


def test_what_was_read_before_a_bad_line_is_not_lost_when_it_is_mended(tmp_path: Path, journal: Path) -> None:
    write(journal, raw_line(1, "one"), b"nonsense\n")
    with pytest.raises(Refused):
        open_folder(tmp_path, "crawl", PASS)
    write(journal, raw_line(1, "one"), raw_line(2, "two"))
    folder = open_folder(tmp_path, "crawl", PASS)
    assert bare(folder.ledger) == folded(journal)
    folder.close()


# ---- the ledger made anew ----


def test_a_ledger_made_anew_is_the_one_that_was_lost_but_for_validators(tmp_path: Path, journal: Path) -> None:
    live = Ledger.open(tmp_path / "live.sqlite", "crawl")
    populate(live, {"a.test": KEYS})
    state: dict[str, State] = {}
    for seq in range(1, 13):
        key = KEYS[seq % 3]
        seen = sighting("ok", LIST, *"ab"[: seq % 3], at_ms=START_MS + seq)
        if seq > 6:
            seen = msgspec.structs.replace(seen, unchanged=True, reading=None, items=())
        line, state[key] = conclude(task(key, due_ms=START_MS + seq, state=state.get(key)), seen, HOUSE)
        line.seq = seq
        with segment_path(journal, 1 + seq // 5).open("ab") as file:
            file.write(encode_line(line) + b"\n")
        found = live.state_of("home", key)
        assert found is not None
        live.commit([Update(encode_state(state[key]), START_MS + seq, None, found[0])], BEGINNING, "")
    anew = Ledger.open(tmp_path / "ledger.sqlite", "crawl")
    catch_up(anew, journal, PASS)
    assert {one.etag for _, one in states(live).values()} == {'"e"'}
    assert bare(anew) == bare(live)
    assert bare(anew) == {key: (due, one) for key, (due, one) in states(anew).items()}
    anew.close()
    live.close()
