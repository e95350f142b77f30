"""Forms are data: the shipped ones, a city's own, and what is wrong with a bad one."""

from pathlib import Path

import pytest

from checker.circular import TomlUnreadable, read_form, shipped_forms
from checker.circular.form import Form
from checker.circular.words import vocabulary
from checker.rules import load_rules
from tests.checker.circulars import toml

BASE = """
name = "own"
[[annexes]]
name = "sites"
layout = "list"
title = "名单"
columns = [{ header = "网站", value = "name" }]
"""


def errors_of(path: Path | str) -> list[str]:
    with pytest.raises(TomlUnreadable) as caught:
        read_form(str(path))
    return caught.value.errors


@pytest.mark.parametrize("name", shipped_forms())
def test_a_shipped_form_is_whole_and_bears_the_name_of_its_file(name: str) -> None:
    form = read_form(name)
    assert form.name == name
    assert form.body
    assert form.annexes


@pytest.mark.parametrize("name", shipped_forms())
def test_a_shipped_form_overrides_only_problems_that_exist(name: str) -> None:
    form = read_form(name)
    assert form.words.keys() | form.body_words.keys() <= vocabulary().keys()


@pytest.mark.parametrize("name", shipped_forms())
def test_every_box_that_a_problem_ticks_is_printed_by_the_forms_slip(name: str) -> None:
    boxes = {line.kind: line.boxes for annex in read_form(name).annexes for line in annex.boxes}
    for problem in vocabulary().values():
        for kind, box in problem.boxes.items():
            assert not boxes or box in boxes[kind]  # type: ignore[index]


def test_a_city_adds_its_form_by_adding_a_file(tmp_path: Path) -> None:
    form = read_form(str(toml(tmp_path, BASE)))
    assert [annex.title for annex in form.annexes] == ["名单"]


def test_a_form_takes_from_the_one_it_extends_what_it_does_not_say(tmp_path: Path) -> None:
    content = 'name = "own"\nextends = "lincang-quarterly"\nrepeated = 5\n[words]\ncolumns_blank = "空着"\n'
    form = read_form(str(toml(tmp_path, content)))
    below = read_form("lincang-quarterly")
    assert form.annexes == below.annexes
    assert form.words == {**below.words, "columns_blank": "空着"}
    assert form.rounding == below.rounding
    assert (form.repeated, below.repeated) == (5, 3)


def test_a_form_that_extends_itself_is_refused(tmp_path: Path) -> None:
    one, other = tmp_path / "one.toml", tmp_path / "other.toml"
    one.write_text(f'name = "one"\nextends = "{other}"\n')
    other.write_text(f'name = "other"\nextends = "{one}"\n')
    assert "extends itself" in errors_of(one)[0]


def test_an_unknown_name_lists_the_forms_there_are() -> None:
    assert all(name in errors_of("atlantis")[0] for name in shipped_forms())


def test_every_error_of_a_form_is_told_at_once(tmp_path: Path) -> None:
    content = """
[[annexes]]
name = "a"
layout = "lists"
title = "甲"
[[annexes]]
layout = "list"
title = "乙"
columns = [{ header = "网站", value = "nam" }, { value = "name" }]
[[body]]
heading = 5
"""
    told = "\n".join(errors_of(toml(tmp_path, content)))
    assert "name: missing" in told
    assert "annexes[1].layout: 'lists' does not fit, write one of list, problems" in told
    assert "annexes[2].name: missing" in told
    assert "annexes[2].columns[1].value: 'nam' does not fit, write one of number" in told
    assert "annexes[2].columns[2].header: missing" in told
    assert "body[1].heading: 5 does not fit" in told


@pytest.mark.parametrize(
    ("layout", "needed"),
    [
        ("list", "columns"),
        ("problems", "columns"),
        ("regions", "counted"),
        ("ranking", "tables"),
        ("units", "header"),
        ("slip", "boxes"),
    ],
)
def test_a_layout_without_what_it_needs_is_refused(tmp_path: Path, layout: str, needed: str) -> None:
    content = f'name = "own"\n[[annexes]]\nname = "a"\nlayout = "{layout}"\ntitle = "甲"\n'
    assert any(f"annexes.a.{needed}: missing, a {layout} needs it" in error for error in errors_of(toml(tmp_path, content)))


def test_two_annexes_of_one_name_are_refused(tmp_path: Path) -> None:
    assert errors_of(toml(tmp_path, BASE + BASE.replace('name = "own"', ""))) == ["annexes: two are called sites"]


def test_a_dash_outside_of_the_table_is_refused(tmp_path: Path) -> None:
    content = """
name = "own"
[[annexes]]
name = "r"
layout = "regions"
title = "甲"
header = ["单位"]
counted = [{ header = ["总数"], of = "sites" }]
rows = [{ label = "省直", levels = ["省级部门"], dashes = [2] }]
"""
    assert errors_of(toml(tmp_path, content)) == ["annexes.r: 省直 has a dash in column 2 of 1, write 1 … 1"]


@pytest.mark.parametrize("rules", ["national-2019", "sichuan", "gaoxian-monthly", "guizhou", "ten-day", "two-month"])
def test_every_problem_that_a_rule_names_has_its_words(rules: str) -> None:
    named = {rule.problem for rule in load_rules(rules).rules if rule.problem}
    assert named <= vocabulary().keys()


def test_annex_cells_are_short() -> None:
    assert all(2 <= len(problem.cell) <= 14 for problem in vocabulary().values())


def test_shipped_forms_read_into_values() -> None:
    assert isinstance(read_form("quarterly"), Form)
