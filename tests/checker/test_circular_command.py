"""`xunwang circular`: files in, files out, every refusal with its reason and exit code."""

import json
from pathlib import Path
from typing import Any

import pytest

from checker.verdict import Result, Verdict, encode
from register import Subject, load, read_accepted
from scheduler.cli import main

SITES = """网站标识码,网站名称,主办单位,单位简称,地区,级别,首页网址
5199000001,澜州市人民政府,澜州市人民政府办公室,市府办,澜州市,市级门户,http://www.lanzhou-shi.test/
5199000002,澜州市档案局,澜州市档案局,市档案局,澜州市,市级部门,http://daj.lanzhou-shi.test/
"""
ISSUE = 'title = "澜州市通报"\nperiod = "2031年第二季度"\nissuer = "市府办"\n'


class Office:
    """A folder with a register, verdicts and an issue file, and the command run on them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys
        (folder / "register").mkdir()
        (folder / "register" / "sites.csv").write_text(SITES, "utf-8")
        (folder / "issue.toml").write_text(ISSUE, "utf-8")
        kept = load(folder / "register", folder)
        self.digest, self.accepted = kept.digest, kept.path
        self.verdicts("pass", "fail")

    def verdicts(self, *results: Result, name: str = "verdicts.jsonl", **more: object) -> None:
        fields: dict[str, Any] = {"T": "2031-06-20T12:00:00.000+08:00", "rules": "invented@1", "register": self.digest, **more}
        codes = [row.code for row in read_accepted(self.accepted) if isinstance(row, Subject)]
        lines = [
            encode(Verdict(subject=code, kind="site", rule="W4b", rule_kind="single_veto", result=result, **fields))
            for code, result in zip(codes, results, strict=False)
        ]
        (self.folder / name).write_bytes(b"".join(lines))

    def run(self, *more: str, out: str = "out.json", form: str = "quarterly", register: Path | None = None) -> tuple[int, str]:
        """(exit code, stderr)"""
        at = self.folder
        files = ["--register", str(register or at / "register"), "--issue", str(at / "issue.toml"), "--out", str(at / out)]
        code = main(["circular", str(at / "verdicts.jsonl"), *files, "--form", form, *more])
        return code, self._capsys.readouterr().err

    @property
    def written(self) -> set[str]:
        return {path.name for path in self.folder.iterdir() if path.name.startswith((".", "out", "slip"))}


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


@pytest.mark.parametrize("suffix", ["json", "docx", "xlsx", "html", "csv", "HTML"])
def test_the_suffix_decides_the_format(office: Office, suffix: str) -> None:
    assert office.run(out=f"out.{suffix}")[0] == 0
    assert (office.folder / f"out.{suffix}").stat().st_size > 500


def test_the_json_holds_figures_and_annexes(office: Office) -> None:
    office.run()
    got = json.loads((office.folder / "out.json").read_text("utf-8"))
    assert got["statistics"]["sites.pass_rate"]["printed"] == "50%"
    assert got["annexes"][0]["rows"] == [["1", "市档案局", "澜州市档案局", "多个栏目长期不更新"]]


def test_several_files_are_written_at_once(office: Office) -> None:
    assert office.run("--out", str(office.folder / "out.csv"))[0] == 0
    assert office.written == {"out.json", "out.csv"}


def test_the_accepted_register_does_as_well(office: Office) -> None:
    assert office.run(register=office.accepted)[0] == 0


def test_slips_are_written_by_number_and_never_by_name(office: Office) -> None:
    code, _ = office.run("--slips", str(office.folder / "slips"))
    assert code == 0
    assert [path.name for path in (office.folder / "slips").iterdir()] == ["slip-001.docx"]


def test_an_undetermined_subject_refuses_with_exit_1_and_writes_nothing(office: Office) -> None:
    office.verdicts("pass", "undetermined")
    code, said = office.run()
    assert code == 1
    assert "澜州市档案局 (5199000002) is undetermined by W4b" in said
    assert not office.written


def test_the_undetermined_pass_where_asked(office: Office) -> None:
    office.verdicts("pass", "undetermined")
    assert office.run("--undetermined", "pass")[0] == 0
    got = json.loads((office.folder / "out.json").read_text("utf-8"))
    assert got["notes"] == ["2 个检查对象中有 1 个未能判定，按合格计入"]


def test_a_refused_circular_leaves_the_older_file_alone(office: Office) -> None:
    (office.folder / "out.json").write_text("older")
    office.verdicts("pass", "undetermined")
    office.run()
    assert (office.folder / "out.json").read_text() == "older"


def test_previous_verdicts_give_the_follow_up(office: Office) -> None:
    office.verdicts("fail", "fail", name="before.jsonl", T="2031-03-20T12:00:00.000+08:00")
    assert office.run("--previous", str(office.folder / "before.jsonl"))[0] == 0
    figures = json.loads((office.folder / "out.json").read_text("utf-8"))["statistics"]
    assert (figures["follow_up.sites.found"]["value"], figures["follow_up.sites.rectified"]["value"]) == (2, 1)


def test_the_offices_tables_are_read(office: Office) -> None:
    tables = office.folder / "tables"
    tables.mkdir()
    (tables / "办理数据.csv").write_text("渠道,收到件数,办结件数,按期办结\n找错,6,6,6\n", "utf-8")
    assert office.run("--inputs", str(tables))[0] == 0
    figures = json.loads((office.folder / "out.json").read_text("utf-8"))["statistics"]
    assert figures["messages.found_errors.on_time_rate"]["value"] == 100
    assert figures["messages.found_errors.received"]["places"] == ["办理数据.csv line 2"]


def test_a_row_of_the_tables_that_cannot_be_read_is_told(office: Office) -> None:
    tables = office.folder / "tables"
    tables.mkdir()
    (tables / "办理数据.csv").write_text("渠道,收到件数\n找错,很多\n留言,7\n", "utf-8")
    code, said = office.run("--inputs", str(tables))
    assert code == 0
    assert "办理数据.csv line 2" in said


def test_a_place_that_cannot_be_written_is_one_sentence_and_leaves_nothing_behind(office: Office) -> None:
    (office.folder / "out.json").mkdir()
    code, said = office.run()
    assert code == 2
    assert "cannot be written" in said
    assert office.written == {"out.json"}


def test_a_folder_of_slips_that_cannot_be_made_is_told(office: Office) -> None:
    code, said = office.run("--slips", str(office.folder / "issue.toml" / "slips"))
    assert code == 2
    assert "cannot be made" in said


def test_warnings_are_told_and_do_not_fail_the_command(office: Office) -> None:
    (office.folder / "issue.toml").write_text(ISSUE + "issued = 2031-06-25\n", "utf-8")
    code, said = office.run()
    assert code == 0
    assert "warning: 印发日期 2031年6月25日 早于" in said


def test_every_error_of_the_issue_is_told_at_once_with_exit_2(office: Office) -> None:
    (office.folder / "issue.toml").write_text("colour = 1\nissued = 7\n", "utf-8")
    code, said = office.run()
    assert code == 2
    assert all(key in said for key in ("colour: unknown key", "issued: 7", "title: missing", "period: missing"))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"out": "out.pdf"}, "no such format, end the name in one of .json, .docx"),
        ({"out": "nowhere/out.json"}, "is no folder"),
        ({"form": "atlantis"}, "no such form, write one of by-problem"),
        ({"form": "gone.toml"}, "cannot be read"),
        ({"register": Path("gone")}, "gone"),
        ({"register": Path("gone.jsonl")}, "gone.jsonl cannot be read"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_and_exit_2(office: Office, how: dict[str, object], said: str) -> None:
    code, told = office.run(**how)  # type: ignore[arg-type]
    assert code == 2
    assert said in told
    assert not office.written


@pytest.mark.parametrize("content", [None, b"", b"no json\n", b'{"v":2}\n'])
def test_a_file_without_verdicts_is_refused(office: Office, content: bytes | None) -> None:
    path = office.folder / "verdicts.jsonl"
    path.unlink() if content is None else path.write_bytes(content)
    code, told = office.run()
    assert code == 2
    assert "name a file that `xunwang check` wrote" in told


def test_verdicts_of_another_register_are_refused(office: Office) -> None:
    office.verdicts("pass", "pass", register="sha256:" + "7" * 64)
    code, told = office.run()
    assert code == 2
    assert "is not the register of these verdicts: give the folder's register/777777777777….jsonl" in told


def test_a_broken_line_among_verdicts_is_counted_and_named(office: Office) -> None:
    path = office.folder / "verdicts.jsonl"
    path.write_bytes(path.read_bytes() + b'{"v":1,"subject"\n')
    code, told = office.run()
    assert code == 0
    assert "1 行无法读取（line 3" in told


def test_a_title_is_never_a_path(office: Office) -> None:
    (office.folder / "issue.toml").write_text('title = "../../x"\nperiod = "2031年第二季度"\n', "utf-8")
    before = set(office.folder.parent.iterdir())
    assert office.run()[0] == 0
    assert set(office.folder.parent.iterdir()) == before


def test_the_help_names_the_forms_and_formats(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["circular", "--help"])
    told = capsys.readouterr().out
    assert "lincang-quarterly" in told
    assert ".xlsx" in told
