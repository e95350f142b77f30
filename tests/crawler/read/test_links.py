"""Addresses made absolute, the quick way and the slow one alike; what a click leads to."""

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.read.links import Base, clicked_address, links_of

SEGMENTS = st.sampled_from(["a", "b1", "x.html", "..", ".", "", "c-d", "e;f", "q?x=1", "?a=b.", "g.h", "第1页"])
FOLDERS = st.lists(st.sampled_from(["xwzx", "gzdt", "a.b", "", ".", "index.html", "x;y"]), max_size=4)


@given(FOLDERS, st.integers(1, 4), st.lists(SEGMENTS, min_size=1, max_size=3))
def test_an_address_that_climbs_is_what_the_standard_says(folders: list[str], steps: int, rest: list[str]) -> None:
    url = "http://www.example.gov.cn/" + "/".join(folders)
    href = "../" * steps + "/".join(rest)
    assert Base(url).absolute(href) == urljoin(url, href)


@pytest.mark.parametrize(
    ("attributes", "address"),
    [
        ("href='javascript:;' onclick=\"open('../202611/t20261120_1.html')\"", "../202611/t20261120_1.html"),
        ("onmousedown='go(&quot;/art/1.htm&quot;)'", "/art/1.htm"),
        ("ONCLICK=\"view('12.shtml?id=3')\"", "12.shtml?id=3"),
        ("onclick=\"toggle('menu')\"", ""),
        ("href='/art/1.html'", ""),
    ],
)
def test_a_click_leads_to_the_address_that_its_script_names(attributes: str, address: str) -> None:
    assert clicked_address(attributes) == address


@pytest.mark.parametrize("tag", ["a", "A"])
def test_a_link_ends_where_the_next_begins_and_at_its_end_tag(tag: str) -> None:
    text = f"<{tag} href='1.html'>第一<b>条</b><i><{tag} title='第二条全文' HREF=2.html>第二…</{tag}></i><abbr>无</abbr>"
    assert [(link.title, link.href) for link in links_of(text, 0, len(text))] == [
        ("第一条", "1.html"),
        ("第二条全文", "2.html"),
    ]


def test_an_attribute_that_only_ends_in_href_is_no_address() -> None:
    text = '<a data-href="x.html" href="y.html">标题</a>'
    assert [link.href for link in links_of(text, 0, len(text))] == ["y.html"]
