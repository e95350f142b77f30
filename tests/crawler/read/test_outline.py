"""Blocks of markup by position: how they nest, what is stepped over, and where unclosed ones end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.read.outline import MOST_TAGS, Outline, outline


def path_to(text: str, word: str) -> str | None:
    """The blocks around a word, from the outside in; None where it is not shown."""
    made = outline(text, [text.index(word)])
    number = made.at[0]
    if number < 0:
        return None
    return " ".join(reversed([made.name[n] for n in (number, *made.ancestors(number)) if n > 0]))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("<div><ul><li>X</li></ul></div>", "div ul li"),
        ("<div><p>a</p>X</div>", "div"),
        ("<DIV><UL><LI>X", "div ul li"),
        ("<ul><li>a<li>b<li>X</ul>", "ul li"),
        ("<ul><li>a<ul><li>b</ul>X", "ul li"),
        ("<ul><li>a<div>b</div><li>X", "ul li"),
        ("<table><tr><td>a<td>X", "table tr td"),
        ("<table><tr><td>a<tr><td>X", "table tr td"),
        ("<table><tr><td><table><tr><td>a</table>X", "table tr td"),
        ("<dl><dt>a<dd>X", "dl dd"),
        ("<p>a<p>X", "p"),
        ("</div></ul><div>X", "div"),
        ("<div><span><a>X</a></span></div>", "div"),
        ("<table><tr><td></div>X", "table tr td"),
        ("<div><o:p><custom-thing>X", "div"),
        ("<div><!-- <p> --><script>var a='<ul>';</script><style>p{}</style>X", "div"),
        ("<div><script type='text/xml'><record><li>X", "div li"),
        ("<div><!-- never closed <p>X", "div p"),
        ("<div><script>never closed X", "div"),
    ],
)
def test_a_place_is_inside_the_blocks_html_says_it_is(text: str, path: str) -> None:
    assert path_to(text, "X") == path


@pytest.mark.parametrize(
    "text", ["<div><!-- X --></div>", "<div><script>var a='X'</script></div>", "<style>X</style>", "<SCRIPT>X</SCRIPT>"]
)
def test_what_is_not_shown_is_in_no_block(text: str) -> None:
    assert path_to(text, "X") is None


def test_what_a_script_writes_is_shown_where_the_script_stands() -> None:
    assert path_to('<ul><li><script>document.write("X")</script></li></ul>', "X") == "ul li"


def test_blocks_know_where_they_begin_and_end() -> None:
    text = "<div><ul><li>a</li><li>b</ul>c</div>d"
    made = outline(text, [])
    stretches = [(made.name[n], text[made.start[n] : made.end[n]]) for n in range(1, len(made.name))]
    assert stretches == [
        ("div", "<div><ul><li>a</li><li>b</ul>c</div>"),
        ("ul", "<ul><li>a</li><li>b</ul>"),
        ("li", "<li>a</li>"),
        ("li", "<li>b</ul>"),
    ]


def test_a_stretch_may_begin_and_end_anywhere() -> None:
    text = "<div><ul><li>a</li><li>X</li></ul></div>"
    made = outline(text, [text.index("X")], text.index("<li>"), text.index("</ul>"))
    assert made.name[made.at[0]] == "li"


def test_the_start_tag_of_a_block_is_given_as_it_stands() -> None:
    made = outline('<div class="a" id=b>X', [20])
    assert made.tag(1) == '<div class="a" id=b>'
    assert made.tag(0) == ""


def test_a_page_with_too_many_tags_is_cut_and_says_so() -> None:
    assert not outline("<li>" * (MOST_TAGS + 10), []).whole
    assert outline("<li>" * 10, []).whole


@given(
    st.lists(
        st.sampled_from(
            [
                "<div>",
                "</div>",
                "<ul>",
                "</ul>",
                "<li>",
                "</li>",
                "<td>",
                "<tr>",
                "</tr>",
                "<!--",
                "-->",
                "<script>",
                "</script>",
                "<a>",
                "x",
                "<p",
                "</",
                ">",
            ]
        ),
        max_size=60,
    )
)
def test_every_position_gets_one_answer_and_blocks_nest(parts: list[str]) -> None:
    text = "".join(parts)
    made: Outline = outline(text, list(range(len(text))))
    assert len(made.at) == len(text)
    for number in range(1, len(made.name)):
        parent = made.parent[number]
        assert parent < number
        assert made.start[parent] <= made.start[number] <= made.end[number] <= made.end[parent] or made.end[number] == len(text)
