"""One circular in every format: the same tables everywhere, and nothing hostile gets through."""

import csv
import datetime as dt
import io
import json
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from checker.circular import Circular, shipped_forms
from checker.circular.model import Annex, Row
from checker.render import RENDERERS
from checker.render.safe import clean, disarmed, is_formula, number, spans, web
from checker.verdict import Detail, RuleKind, Verdict
from register import LEVELS, Subject, SubjectKind
from register.inputs import Inputs, Stated
from tests.checker.circulars import account, by_hand, issue, issued, late, province, section, site, verdict

PORTAL = site("7101000001", "澜州市人民政府", "市级门户")
HEALTH = site("7101000007", "澜州市卫生健康委员会", short="市卫健委", unit="澜州市卫生健康委员会")
HOSTILE = (
    '=HYPERLINK("http://evil.test")',
    "+1+1",
    "-2-2",
    "@SUM(A1)",
    "\t=1",
    "＝1+1",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "../../etc/passwd",
    "a\x00b\x0bc\u202edc\ud800e",
    "{sites.total}",
    "]]>&amp;",
    "x" * 40_000,
)


def whole() -> Circular:
    police = account("w1", "澜州公安", "微信视频号", short="市公安局", unit="澜州市公安局")
    part = section("7101000001-1", "专栏", unit="云溪县林业局")
    stale = verdict(
        HEALTH, "fail", numerator=11, denominator=40, evidence=("ab" * 16,), detail=(late(HEALTH), late(HEALTH, "通知公告"))
    )
    how = issue(
        issuer="澜州市人民政府办公室", number="澜政办〔2031〕7号", issued=dt.date(2031, 7, 2), recheck=dt.date(2031, 7, 1)
    )
    return issued(province([PORTAL, HEALTH, part, police], [stale, verdict(police, "fail")]), how=how)


def hostile() -> Circular:
    """Every text that data may bring is hostile; the form and the issue are the office's own."""
    accounts = [account(f"w{n:02}", text, text, unit=text, short=text, region=text) for n, text in enumerate(HOSTILE)]
    bad = [by_hand(a, text) for a, text in zip(accounts, HOSTILE, strict=True)]
    shop = site("7101000008", "<b>店</b>")
    detail = Detail(target="<i>", url="javascript:alert(1)", name="<u>", text="</script>", overdue_days=3, note="stale")
    linked = Detail(target="y", url='https://x.test/"onmouseover="alert(1)', name="z", overdue_days=3)
    bad.append(verdict(shop, "fail", detail=(detail, linked), evidence=("<script>",), problem="<em>"))
    tables = Inputs(stated=tuple(Stated(text, f"letters.by_unit.{text}", n) for n, text in enumerate(HOSTILE)))
    return issued(province([*accounts, shop], bad), inputs=tables)


def annex_cells(circular: Circular) -> list[list[str]]:
    return [[clean(cell) for cell in row.cells] for annex in circular.annexes for row in annex.rows]


@pytest.mark.parametrize("suffix", RENDERERS)
@pytest.mark.parametrize("make", [whole, hostile])
def test_every_format_is_written_twice_alike(suffix: str, make: object) -> None:
    circular = make()  # type: ignore[operator]
    one, two = RENDERERS[suffix](circular), RENDERERS[suffix](circular)
    assert len(one) > 500
    if suffix in (".json", ".html", ".csv"):
        assert one == two


def test_json_has_the_tables_by_the_contract() -> None:
    circular = whole()
    got = json.loads(RENDERERS[".json"](circular))
    assert got["statistics"]["sites.pass_rate"] == {
        "value": 50,
        "printed": "50%",
        "source": "observed",
        "numerator": 1,
        "denominator": 2,
    }
    assert got["annexes"][0]["header"] == [["序号", "所属地区或部门", "网站名称", "存在的突出问题"]]
    assert got["annexes"][0]["rows"] == [["1", "市卫健委", "澜州市卫生健康委员会", "多个栏目长期不更新"]]
    assert got["annexes"][0]["proofs"][0][0]["evidence"] == ["ab" * 16]
    assert got["warnings"] == list(circular.warnings)
    assert got["title"] == circular.title


def test_json_of_hostile_data_is_json() -> None:
    got = json.loads(RENDERERS[".json"](hostile()))
    (annex,) = [annex for annex in got["annexes"] if "新媒体" in annex["title"]]
    assert len(annex["rows"]) == len(HOSTILE)
    assert annex["rows"][0][2] == HOSTILE[0]


def read_csv(circular: Circular) -> list[list[str]]:
    content = RENDERERS[".csv"](circular).decode("utf-8-sig")
    csv.field_size_limit(100_000)
    return list(csv.reader(io.StringIO(content, newline="")))


def test_csv_holds_every_row_of_every_annex_and_every_figure() -> None:
    circular = whole()
    lines = read_csv(circular)
    assert all(cells in lines for cells in annex_cells(circular))
    assert ["sites.pass_rate", "50", "50%", "1", "2", "observed"] in lines


def test_csv_has_no_cell_that_a_spreadsheet_would_compute() -> None:
    assert not [cell for line in read_csv(hostile()) for cell in line if is_formula(cell)]


def read_xlsx(circular: Circular) -> dict[str, Any]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(RENDERERS[".xlsx"](circular)))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_workbook_has_a_sheet_for_each_annex_then_figures_slips_and_notes() -> None:
    sheets = read_xlsx(whole())
    assert list(sheets) == ["附件1", "附件2", "附件3", "统计", "整改反馈", "说明"]
    assert sheets["附件1"][-1] == [1.0, "市卫健委", "澜州市卫生健康委员会", "多个栏目长期不更新"]
    assert ["sites.total", 2.0, 2.0] in [row[:3] for row in sheets["统计"]]


def test_the_workbook_of_hostile_data_computes_nothing_and_names_no_sheet_by_data() -> None:
    content = RENDERERS[".xlsx"](hostile())
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not any("<f>" in parts.read(name).decode() for name in sheets)
        assert not any("hyperlink" in parts.read(name).decode().lower() for name in sheets)
        assert 'quotePrefix="1"' in parts.read("xl/styles.xml").decode()
    names = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    assert all(re.fullmatch(r"附件\d|统计|整改反馈|说明", name) for name in names)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read_page(circular: Circular) -> tuple[_Page, str]:
    content = RENDERERS[".html"](circular).decode("utf-8")
    page = _Page()
    page.feed(content)
    return page, content


def test_the_page_holds_every_cell_the_charts_the_evidence_and_its_links() -> None:
    circular = whole()
    page, _ = read_page(circular)
    told = "".join(page.text)
    assert all(cell.replace("\n", "") in told for cells in annex_cells(circular) for cell in cells)
    assert "svg" in page.tags
    assert "ab" * 16 in told
    assert ("href", "http://7101000007.lanzhou-shi.test/gzdt/") in page.attributes
    assert "合格 1 / 检查 2" in told


def test_the_page_loads_nothing_and_its_policy_allows_its_own_script_and_style_only() -> None:
    page, _ = read_page(whole())
    (policy,) = [value or "" for name, value in page.attributes if name == "content" and "default-src" in (value or "")]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert not {"img", "link", "iframe", "object", "form"} & set(page.tags)
    assert page.tags.count("script") == page.tags.count("style") == 1
    assert not [name for name, _ in page.attributes if name in ("src", "srcset", "style") or name.startswith("on")]


def test_hostile_titles_stay_text_on_the_page() -> None:
    page, _ = read_page(hostile())
    assert page.tags.count("script") == 1
    assert not {"img", "i", "u", "em"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "<script>alert(1)</script>" in "".join(page.text)
    links = [value or "" for name, value in page.attributes if name == "href"]
    assert all(link.startswith(("http://", "https://")) for link in links)


def test_a_filter_stands_over_long_tables_only() -> None:
    many = [account(f"a{n}", f"号{n}") for n in range(6)]
    page, _ = read_page(issued(province(many, [verdict(a, "fail") for a in many])))
    assert [value for name, value in page.attributes if name == "data-table"] == ["t1"]
    assert "data-table" not in [name for name, _ in read_page(whole())[0].attributes]


_TEXTS = st.one_of(st.sampled_from([text for text in HOSTILE if len(text) < 99]), st.text(max_size=20))
_NOTES = st.sampled_from(["stale", "blank", "manual", None])


_DETAILS = st.builds(Detail, url=_TEXTS, name=_TEXTS, newest=_TEXTS, text=_TEXTS, note=_NOTES, overdue_days=st.integers(-3, 9))


@st.composite
def subjects_and_verdicts(draw: st.DrawFn) -> tuple[list[Subject], list[Verdict]]:
    """A register whose every free text is anything, and failures of it."""
    subjects: list[Subject] = []
    found: list[Verdict] = []
    for place in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(get_args(SubjectKind)))
        level = draw(st.sampled_from(LEVELS))
        one = Subject(f"s{place}", kind, draw(_TEXTS), draw(_TEXTS), draw(_TEXTS), draw(_TEXTS), level, draw(_TEXTS))
        subjects.append(one)
        detail = tuple(draw(st.lists(_DETAILS, max_size=2)))
        kinds = draw(st.sampled_from(get_args(RuleKind)))
        found.append(verdict(one, "fail", rule_kind=kinds, detail=detail, problem=draw(_TEXTS), first_detected=draw(_TEXTS)))
    return subjects, found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(subjects_and_verdicts(), st.sampled_from([name for name in shipped_forms() if name != "sichuan-half-year"]))
def test_whatever_the_data_brings_every_format_is_written(data: tuple[list[Subject], list[Verdict]], form: str) -> None:
    subjects, found = data
    circular = issued(province(subjects, found), form, previous=found)
    page, _ = read_page(circular)
    assert page.tags.count("script") == 1
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert not [cell for line in read_csv(circular) for cell in line if is_formula(cell)]
    assert json.loads(RENDERERS[".json"](circular))["title"] == circular.title
    assert zipfile.is_zipfile(io.BytesIO(RENDERERS[".docx"](circular)))
    assert read_xlsx(circular)["说明"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", " =1", "\t1", "＝1", "－1"])
def test_what_a_spreadsheet_would_compute_is_disarmed(text: str) -> None:
    assert disarmed(text) == f"'{text}"


@pytest.mark.parametrize("text", ["1=1", "甲-乙", "—", "《=》", ""])
def test_what_is_harmless_stays(text: str) -> None:
    assert disarmed(text) == text


def test_clean_text_has_no_control_characters_and_fits_a_cell() -> None:
    assert clean("a\x00b\u202ec\ud800d\ufffee\nf") == "abcde\nf"
    assert len(clean("字" * 50_000)) == 32_000


@pytest.mark.parametrize(
    ("text", "whole"), [("0", 0), ("4206", 4206), ("007", None), ("1.5", None), ("", None), ("12345678901", None), ("−1", None)]
)
def test_only_whole_numbers_become_numbers(text: str, whole: int | None) -> None:
    assert number(text) == whole


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//x.test", 'http://x.test/"a', "http://x y", "ftp://x", ""]
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert web(url) is None
    assert web("HTTPS://x.test/a?b=1&c") is not None


def test_merged_headings_are_rectangles() -> None:
    grid = [("单位", "网站", "网站", "账号"), ("单位", "总数", "问题", "账号")]
    assert [(s.row, s.column, s.down, s.across, s.text) for s in spans(grid)] == [
        (0, 0, 2, 1, "单位"),
        (0, 1, 1, 2, "网站"),
        (0, 3, 2, 1, "账号"),
        (1, 1, 1, 1, "总数"),
        (1, 2, 1, 1, "问题"),
    ]


def test_cells_merge_downwards_no_further_than_their_left_neighbour() -> None:
    grid = [("一", "省直", "甲"), ("一", "省直", "乙"), ("二", "省直", "丙")]
    merged = [(s.row, s.column, s.down) for s in spans(grid, 2, across=False) if s.down > 1]
    assert merged == [(0, 0, 2), (0, 1, 2)]


def test_every_place_of_a_grid_is_covered_once() -> None:
    grid = [("a", "a", "b"), ("a", "a", "b"), ("a", "c", "c"), ("", "", "c")]
    covered = [(r, c) for s in spans(grid) for r in range(s.row, s.row + s.down) for c in range(s.column, s.column + s.across)]
    assert sorted(covered) == [(r, c) for r in range(4) for c in range(3)]


def test_a_row_of_equal_cells_is_no_group_row_in_the_workbook() -> None:
    annex = Annex(1, "表", "表", (("甲", "乙"),), (Row(("0", "0")), Row(("0", "0"))))
    circular = whole()
    fields = {name: getattr(circular, name) for name in circular.__struct_fields__}
    sheets = read_xlsx(Circular(**{**fields, "annexes": (annex,)}))
    assert sheets["附件1"][-2:] == [[0.0, 0.0], [0.0, 0.0]]


def test_no_format_reads_or_writes_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for render in RENDERERS.values():
        render(hostile())
    assert not list(tmp_path.iterdir())
