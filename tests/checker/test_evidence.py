"""What is known of each target at T, from journals of every condition."""

import json
from pathlib import Path

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from checker.evidence import Evidence, Wanted, gather
from checker.facts import Facts
from checker.moments import days_of, moment
from checker.segments import JournalUnreadable, gaps, segments
from tests.checker.journals import SITE, Journal, T, case_of, column, find, home, site

NEWS = column(1)


def facts(evidence: Evidence) -> Facts:
    return evidence.facts["column", NEWS.key]


@pytest.fixture
def journal() -> Journal:
    return Journal()


def test_what_was_written_after_t_is_not_known_at_t(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-20 09:00", NEWS, "2024-08-10")
    journal.look("09-02 12:01", NEWS, "2024-09-02")
    evidence = journal.evidence(tmp_path)
    last = facts(evidence).last
    assert last and last.newest == "2024-08-10"
    assert evidence.counted.troubles == {"later": 1}
    assert evidence.counted.judged == 1


def test_a_line_of_the_very_instant_t_counts(journal: Journal, tmp_path: Path) -> None:
    journal.look("09-02 12:00", NEWS, "2024-09-02")
    assert journal.evidence(tmp_path).counted.judged == 1


def test_the_latest_look_by_time_wins_whatever_the_order_of_lines(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-25 09:00", NEWS, "2024-08-24")
    journal.look("08-20 09:00", NEWS, "2024-08-01")
    last = facts(journal.evidence(tmp_path)).last
    assert last and last.newest == "2024-08-24"


def test_a_stamp_of_another_zone_is_the_same_instant(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-20 09:00", NEWS, "2024-08-19", at="2024-09-02T04:00:01+00:00")
    assert journal.evidence(tmp_path).counted.troubles == {"later": 1}


def test_cut_broken_and_foreign_lines_are_counted_with_their_first_place(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-20 09:00", NEWS, "2024-08-10")
    path = journal.write(tmp_path)
    whole = path.read_bytes()
    other = json.dumps({"v": 2, "id": "x"}).encode() + b"\n"
    path.write_bytes(b"{\n" + whole + other + b"[1,2]\n" + b"\xff\xfe\n" + whole.replace(b'"v": 1', b'"v": 7') + whole[:200])
    counted = gather([path], T, Wanted("2024-08")).counted
    assert counted.lines == 7
    assert counted.judged == 1
    assert counted.troubles == {"broken": 3, "version": 2, "cut": 1}
    assert counted.places["version"].startswith("observations-000001.jsonl line 3")
    assert counted.places["cut"].startswith("observations-000001.jsonl line 7")


def test_a_whole_last_line_without_its_newline_is_not_judged(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-20 09:00", NEWS, "2024-08-10")
    path = journal.write(tmp_path)
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    counted = gather([path], T, Wanted("2024-08")).counted
    assert (counted.judged, counted.troubles) == (0, {"cut": 1})


def test_a_field_of_the_wrong_type_breaks_the_line_and_nothing_else(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-20 09:00", NEWS, "2024-08-10")
    journal.look("08-21 09:00", NEWS, "2024-08-11", seq="two")
    journal.look("08-22 09:00", NEWS, "2024-08-12", kind="feed")
    counted = journal.evidence(tmp_path).counted
    assert (counted.judged, counted.troubles) == (1, {"broken": 2})


def test_lines_read_twice_count_once(journal: Journal, tmp_path: Path) -> None:
    journal.probes("2024-09-01", 20, 2)
    journal.look("08-20 09:00", NEWS, "2024-08-10", new=(("甲", "2024-08-10"),))
    path = journal.write(tmp_path)
    once, twice = (gather(paths, T, Wanted("2024-08", 7, frozenset({"timeout"}))) for paths in ([path], [path, path]))
    assert twice.counted.troubles == {"repeated": 23}
    assert twice.probes[home().key].days == once.probes[home().key].days
    assert facts(twice) == facts(once)


def test_a_second_run_with_its_own_numbers_is_no_repetition(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-20 09:00", NEWS, "2024-08-10")
    later = Journal()
    later.look("08-30 09:00", NEWS, "2024-08-29")
    evidence = gather([journal.write(tmp_path, 1), later.write(tmp_path, 2)], T, Wanted("2024-08"))
    last = facts(evidence).last
    assert last and last.newest == "2024-08-29"
    assert not evidence.counted.troubles


def test_compressed_segments_read_as_the_plain_ones_do(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-20 09:00", NEWS, "2024-08-10")
    plain = journal.write(tmp_path, 1)
    second = Journal()
    second.look("08-21 09:00", NEWS, "2024-08-20", seq=2)
    packed = tmp_path / "journal" / "observations-000002.jsonl.zst"
    packed.write_bytes(zstd.compress(second.bytes()))
    (tmp_path / "journal" / "observations-000001.jsonl.zst").write_bytes(b"an older copy that is not looked at")
    assert segments(tmp_path) == segments(tmp_path / "journal") == [plain, packed]
    last = facts(gather(segments(tmp_path), T, Wanted("2024-08"))).last
    assert last and last.newest == "2024-08-20"


def test_a_line_nested_beyond_all_measure_is_a_broken_line(journal: Journal, tmp_path: Path) -> None:
    path = journal.write(tmp_path)
    path.write_bytes(b'{"v":1,"reading":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n")
    assert gather([path], T, Wanted("2024-08")).counted.troubles == {"broken": 1}


@pytest.mark.parametrize("when", ["yesterday", "", "2024-08-20", "2024-08-20T09:00:00", "2024-19-39T29:00:00.000+08:00"])
@pytest.mark.parametrize("kind", ["probe", "column"])
def test_a_look_at_no_instant_is_a_broken_line(journal: Journal, tmp_path: Path, when: str, kind: str) -> None:
    journal.look("08-20 09:00", NEWS, "2024-08-10", kind=kind, at=when)
    counted = journal.evidence(tmp_path).counted
    assert counted.judged == 0
    assert set(counted.troubles) <= {"broken", "later"}


@given(st.lists(st.binary(max_size=300), max_size=5), st.integers(0, 2000))
def test_no_bytes_make_reading_fail_and_every_line_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, rubbish: list[bytes], cut: int
) -> None:
    journal = Journal()
    journal.look("08-20 09:00", NEWS, "2024-08-10")
    whole = journal.bytes()
    path = tmp_path_factory.mktemp("any") / "observations-000001.jsonl"
    path.write_bytes(b"\n".join([*rubbish, whole[: min(cut, len(whole))]]))
    counted = gather([path], T, Wanted("2024-08")).counted
    assert counted.lines == counted.judged + sum(counted.troubles.values())


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "newest": st.one_of(st.none(), st.text(max_size=30), st.just("2024-02-30")),
            "oldest": st.one_of(st.none(), st.text(max_size=12)),
            "state": st.sampled_from(["list", "blank", "undated", "???"]),
            "items": st.integers(-5, 10**9),
        },
    )
)
def test_no_reading_however_odd_makes_judging_fail_or_accuses_without_a_date(
    tmp_path_factory: pytest.TempPathFactory, reading: dict[str, object]
) -> None:
    journal = Journal()
    line = journal.look("09-02 09:00", NEWS, "2024-08-30")
    line["reading"] |= reading
    case = case_of(journal.evidence(tmp_path_factory.mktemp("odd")), site(), NEWS)
    finding = find(case, "columns")
    late = [one for one in finding.detail if one.note == "stale"]
    assert all(one.newest and days_of(one.newest) for one in late)


@pytest.mark.parametrize("content", [b"not packed at all", zstd.compress(bytes(range(256)))[:100]])
def test_a_segment_that_cannot_be_unpacked_is_one_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "observations-000001.jsonl.zst"
    path.write_bytes(content)
    with pytest.raises(JournalUnreadable, match=r"observations-000001\.jsonl\.zst cannot be read"):
        gather([path], T, Wanted("2024-08"))


def test_missing_segments_and_empty_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(JournalUnreadable, match="does not exist"):
        segments(tmp_path / "nowhere")
    with pytest.raises(JournalUnreadable, match="holds no observations"):
        segments(tmp_path)
    paths = [Journal().write(tmp_path, number) for number in (2, 5)]
    assert gaps(paths) == [3, 4]
    assert gaps([tmp_path / "other.jsonl"]) == []


@pytest.mark.parametrize("state", ["dynamic", "unknown", "none"])
def test_a_page_that_was_not_understood_replaces_nothing(journal: Journal, tmp_path: Path, state: str) -> None:
    journal.look("08-20 09:00", NEWS, "2024-08-10")
    journal.look("09-01 09:00", NEWS, state=state)
    found = facts(journal.evidence(tmp_path))
    assert found.last and found.last.newest == "2024-08-10"
    assert (found.looks, found.tried_at[:10], (found.read_at or "")[:10]) == (2, "2024-09-01", "2024-08-20")


@pytest.mark.parametrize("mark", ["partial", "lower_bound", "interrupted"])
def test_a_part_of_a_page_stands_beside_the_whole_and_not_in_its_place(journal: Journal, tmp_path: Path, mark: str) -> None:
    journal.look("08-20 09:00", NEWS, "2024-08-10")
    journal.look("09-01 09:00", NEWS, "2024-08-15", flags=(mark,))
    found = facts(journal.evidence(tmp_path))
    assert found.last and found.last.newest == "2024-08-10"
    assert found.lower and found.lower.newest == "2024-08-15"


def test_a_whole_page_takes_the_place_of_an_earlier_part(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-20 09:00", NEWS, "2024-08-19", partial=True)
    journal.look("09-01 09:00", NEWS, "2024-08-10")
    assert facts(journal.evidence(tmp_path)).lower is None


def test_a_page_of_somebody_else_proves_nothing_but_is_noted(journal: Journal, tmp_path: Path) -> None:
    journal.look("09-01 09:00", NEWS, "2024-01-10", flags=("identity_mismatch",))
    found = facts(journal.evidence(tmp_path))
    assert found.last is None
    assert found.marks
    assert found.marks["identity_mismatch"][2] == "row 1"


def test_a_date_later_than_the_day_it_was_read_is_not_believed(journal: Journal, tmp_path: Path) -> None:
    journal.look("09-01 09:00", NEWS, "2024-09-30")
    assert facts(journal.evidence(tmp_path)).last is None


def test_an_address_that_is_gone_is_followed_from_its_first_404_to_its_return(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-10 09:00", NEWS, outcome="http_error", reason="not_found")
    journal.look("08-12 09:00", NEWS, outcome="challenged", reason="slider")
    journal.look("08-14 09:00", NEWS, outcome="soft_404", reason="moved")
    found = facts(journal.evidence(tmp_path))
    assert ((found.gone_since or "")[:10], found.gone_looks) == ("2024-08-10", 2)
    journal.look("08-15 09:00", NEWS, "2024-08-14")
    assert facts(journal.evidence(tmp_path)).gone_since is None


def test_a_server_error_is_not_an_address_that_is_gone(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-10 09:00", NEWS, outcome="http_error", reason="server_error")
    assert facts(journal.evidence(tmp_path)).gone_since is None


def test_items_of_the_month_count_once_however_often_they_are_seen(journal: Journal, tmp_path: Path) -> None:
    seen = (("甲", "2024-08-01"), ("乙", "2024-08-31"), ("丙", "2024-07-31"), ("丁", None))
    journal.look("08-31 09:00", NEWS, "2024-08-31", first=True, new=seen)
    journal.look("09-01 09:00", NEWS, "2024-09-01", first=True, new=(*seen, ("戊", "2024-09-01")))
    assert facts(journal.evidence(tmp_path)).month_items == 2


def test_an_item_that_is_dated_later_than_the_look_is_not_counted(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-20 09:00", NEWS, "2024-08-20", first=True, new=(("会议预告", "2024-08-30"), ("甲", "2024-08-20")))
    assert facts(journal.evidence(tmp_path)).month_items == 1


def test_a_month_is_whole_where_the_page_reaches_back_before_it(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-20 09:00", NEWS, "2024-08-20", oldest="2024-08-01", first=True, new=(("甲", "2024-08-20"),))
    assert facts(journal.evidence(tmp_path)).whole_month is False
    journal.look("08-21 09:00", NEWS, "2024-08-20", oldest="2024-07-31")
    assert facts(journal.evidence(tmp_path)).whole_month is True


def test_a_page_of_new_items_only_may_hide_others_of_the_month(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-01 09:00", NEWS, "2024-07-20", oldest="2024-06-01", first=True)
    full = tuple((f"条{number}", "2024-08-20") for number in range(20))
    journal.look("08-20 09:00", NEWS, "2024-08-20", oldest="2024-08-19", new=full)
    assert facts(journal.evidence(tmp_path)).whole_month is False


def test_a_month_only_oldest_date_of_the_month_itself_reaches_back_no_further(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-20 09:00", NEWS, "2024-08", oldest="2024-08", first=True)
    assert facts(journal.evidence(tmp_path)).whole_month is False


def test_probes_are_counted_by_days_of_24_hours_back_from_t(journal: Journal, tmp_path: Path) -> None:
    for when, outcome in (
        ("08-26 12:00", "ok"),
        ("08-26 11:59", "ok"),
        ("09-01 12:01", "timeout"),
        ("09-02 11:00", "http_error"),
        ("09-02 11:30", "challenged"),
        ("09-02 12:00", "too_large"),
    ):
        journal.look(when, home(), kind="probe", outcome=outcome)
    probes = journal.evidence(tmp_path).probes[f"{SITE}/@home"]
    assert probes.days == {0: [1, 1, 1, 1]}
    assert (len(probes.failed), len(probes.review)) == (1, 1)


def test_the_register_of_the_latest_line_before_t_is_the_register_of_its_day(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-20 09:00", NEWS, "2024-08-10", register="sha256:old")
    journal.look("09-01 09:00", NEWS, "2024-08-10", register="sha256:new")
    journal.look("09-05 09:00", NEWS, "2024-08-10", register="sha256:future")
    journal.look("08-21 09:00", column(2), "2024-08-10", register="sha256:old")
    counted = journal.evidence(tmp_path).counted
    assert counted.last_register == "sha256:new"
    assert counted.registers == {"sha256:old": 2, "sha256:new": 1}


def test_one_article_of_an_account_is_a_part_and_its_operators_report_is_the_whole(journal: Journal, tmp_path: Path) -> None:
    journal.look("09-01 09:00", "acc1", "2024-08-10", kind="account", state="article")
    journal.look("09-01 10:00", "acc2", "2024-08-10", kind="report", state="article", observed_by="operator_report")
    found = journal.evidence(tmp_path).facts
    assert found["account", "acc1"].last is None
    assert found["account", "acc1"].lower
    last = found["account", "acc2"].last
    assert last and last.observed_by == "operator_report"


def test_what_is_kept_does_not_grow_with_the_number_of_looks(journal: Journal, tmp_path: Path) -> None:
    for hour in range(200):
        journal.look(f"08-{hour // 24 + 1:02d} {hour % 24:02d}:00", NEWS, "2024-07-31", new=(("甲", "2024-07-31"),))
    found = facts(journal.evidence(tmp_path))
    assert (found.looks, found.month, found.marks) == (200, None, None)


def test_a_past_t_sees_the_same_whether_or_not_the_journal_went_on(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-20 09:00", NEWS, "2024-08-10", new=(("甲", "2024-08-10"),))
    early = journal.evidence(tmp_path, moment("2024-08-25"))
    journal.look("08-30 09:00", NEWS, "2024-08-29", new=(("乙", "2024-08-29"),), flags=("burst",))
    assert journal.evidence(tmp_path, moment("2024-08-25")).facts == early.facts
