"""Is a Chinese word in a page? Its characters first: `in` finds one character thirty times as fast as two or more."""

from collections.abc import Iterable


def holds(text: str, word: str) -> bool:
    """The same as `word in text`, in far less time where one of the characters is nowhere."""
    for character in word:
        if character not in text:
            return False
    return word in text


def holds_any(text: str, words: Iterable[str]) -> bool:
    """Whether one of `words` is in `text`."""
    return any(holds(text, word) for word in words)
