"""Words are looked for by their characters first: the answer is the same as that of `in`."""

from hypothesis import example, given
from hypothesis import strategies as st

from crawler.read.words import holds, holds_any

LETTERS = st.text("必威娱乐城 a", max_size=12)


@given(LETTERS, LETTERS)
@example("威必", "必威")
@example("", "")
def test_a_word_is_held_exactly_where_it_stands_in_the_text(text: str, word: str) -> None:
    assert holds(text, word) == (word in text)


def test_characters_apart_are_no_word() -> None:
    assert not holds("威名必达", "必威")
    assert holds("名为必威", "必威")


def test_one_of_several_words_is_enough() -> None:
    assert holds_any("新葡京", ["必威", "葡京"])
    assert not holds_any("京葡", ["必威", "葡京"])
    assert not holds_any("葡京", [])
