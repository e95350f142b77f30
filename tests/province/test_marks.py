"""Pages that were tampered with or bear another's marks: the list stays, the flags of the truth say what is wrong."""

import re
from html import unescape

import pytest

from province import Province
from province.marks import MARKS, SPAM
from province.model import Column, Site
from province.shapes import SHAPES
from tests.province.client import NOW


@pytest.fixture(scope="module")
def province() -> Province:
    return Province(60, 20, 0, 3, True, NOW)


def marked(province: Province, mark: str) -> tuple[Site, Column, str]:
    site, column = next((s, c) for s in province.plan.sites for c in s.columns if c.mark == mark)
    page = province.renderer.page(site, column.path)
    assert page is not None
    return site, column, unescape(page.body.decode(site.declaration.charset))


def content(text: str, name: str) -> str:
    found = re.search(rf'<meta name="{name}" content="([^"]*)"', text)
    assert found
    return found[1]


def test_a_copied_template_bears_another_sites_code_in_its_tag_only(province: Province) -> None:
    site, _, text = marked(province, "other_site")
    assert content(text, "SiteIDCode") != site.code
    assert content(text, "SiteIDCode") in {row.code for row in province.plan.sites}
    assert f"网站标识码：{site.code}" in text


def test_another_sites_page_bears_its_code_everywhere(province: Province) -> None:
    site, _, text = marked(province, "other_site_whole")
    assert site.code not in text
    assert f"网站标识码：{content(text, 'SiteIDCode')}" in text


def test_another_columns_name_stands_in_the_tag_but_not_in_the_heading(province: Province) -> None:
    site, column, text = marked(province, "other_column")
    assert content(text, "ColumnName") in {row.name for row in site.columns} - {column.name}
    assert f'<h2 class="lm_title">{column.name}</h2>' in text


def test_spam_stands_where_its_mark_says(province: Province) -> None:
    assert f"<title>{SPAM}" in marked(province, "spam_title")[2]
    tags = marked(province, "spam_meta")[2]
    assert SPAM in content(tags, "keywords")
    assert SPAM in content(tags, "description")
    assert SPAM not in tags.partition("</head>")[2]
    links = marked(province, "spam_links")[2]
    assert len(re.findall(r'<a href="http://www\.yl-\d{5}\.example/">[^<]+</a>', links)) == 8
    assert "必威" in links


def hidden(text: str) -> str:
    found = re.search(r"<body>\n<div (?:style=[^>]+)>(.*?)</div>", text, re.DOTALL)
    assert found
    return found[1]


def test_a_hidden_block_leads_to_eight_strangers_without_a_word_of_spam(province: Province) -> None:
    block = hidden(marked(province, "hidden_links")[2])
    assert len(set(re.findall(r'href="http://([^/"]+)/', block))) == 8
    assert not re.search("必威|博彩|投注", block)


def test_a_hidden_menu_leads_to_government_hosts_only(province: Province) -> None:
    block = hidden(marked(province, "hidden_menu")[2])
    assert re.findall(r'href="http://([^/"]+)/', block)
    assert all(host.endswith(".gov.cn") for host in re.findall(r'href="http://([^/"]+)/', block))


def test_an_office_that_warns_of_gambling_is_not_accused(province: Province) -> None:
    assert "警惕网络赌博" in marked(province, "warning_words")[2]
    assert MARKS["warning_words"].flags == MARKS["hidden_menu"].flags == ()


@pytest.mark.parametrize("mark", MARKS)
def test_a_marked_page_keeps_its_list_and_the_truth_its_date(province: Province, mark: str) -> None:
    site, column, text = marked(province, mark)
    told = {line["target"]: line for line in province.truth()}[column.key]
    shown = province.renderer.listing(site, column)
    assert all(item.title in text for item in shown.items)
    assert column.layout.open in text
    assert (told["states"], told["newest"]) == (["list"], str(shown.newest))
    assert told["flags"] == list(MARKS[mark].flags)
    assert mark in told["why"]


def test_flags_are_told_of_every_page_that_is_in_hand_and_of_no_other(province: Province) -> None:
    told = {line["target"]: line for line in province.truth()}
    for site in province.plan.sites:
        assert ("flags" in told[f"{site.code}/@home"]) == (site.fault is None)
        for column in site.columns:
            assert ("flags" in told[column.key]) == (site.fault is None and column.fault is None)
    ordinary = [line for line in told.values() if line.get("flags") == []]
    assert len(ordinary) > 500


def test_only_ordinary_columns_are_shown_elsewhere(province: Province) -> None:
    for site in province.plan.sites:
        for column in site.columns:
            if column.mark or column.delivery != "page":
                assert not column.ordinary
            if column.mark:
                assert SHAPES[column.shape].name == "plain"
