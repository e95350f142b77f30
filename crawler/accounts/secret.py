"""Words that no record, log, message or picture of an object may show: tokens, and where the bridges are that take them."""

import re
from collections.abc import Iterable
from dataclasses import replace
from html import escape
from typing import Final
from urllib.parse import quote, quote_plus

from msgspec.structs import replace as replace_fields

from crawler.accounts.found import AccountFound
from crawler.records import Flag, Item

HIDDEN: Final = "***"
LEAST: Final = 4
"""Characters a secret must have: taking shorter ones out of every text would leave nothing of it."""


class Secret:
    """A word that only `reveal` shows: printed, formatted, pickled or compared with text it stays hidden."""

    __slots__ = ("_word",)

    def __init__(self, word: str) -> None:
        self._word = word

    def reveal(self) -> str:
        return self._word

    def __repr__(self) -> str:
        return f"Secret({HIDDEN})"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return HIDDEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._word == self._word

    def __hash__(self) -> int:
        return hash((Secret, self._word))

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        raise TypeError("a secret is not pickled")


class Scrubber:
    """Takes words, in every writing a URL may give them, out of text."""

    def __init__(self, words: Iterable[str]) -> None:
        kept = [word for word in words if len(word) >= LEAST]
        forms = {form for word in kept for form in (word, quote(word, safe=""), quote_plus(word), quote(word), escape(word))}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._form = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE) if forms else None

    def text(self, text: str) -> str:
        """`text` with `***` in place of every secret word, whatever its case."""
        return self._form.sub(HIDDEN, text) if self._form else text

    def maybe(self, text: str | None) -> str | None:
        return None if text is None else self.text(text)

    def url(self, url: str | None) -> str | None:
        """An address that bears a secret is none that may be told."""
        return url if url is None or self.text(url) == url else None

    def found(self, found: AccountFound) -> AccountFound:
        """A reading without secrets; the page's own text is dropped."""
        read = found.reading
        title, text, url = self.maybe(read.title), self.maybe(read.text), self.url(read.item_url)
        return replace(
            found,
            reading=replace_fields(read, title=title, text=text, item_url=url),
            items=tuple(Item(self.text(item.title), self.url(item.url), item.date) for item in found.items),
            flags=tuple(Flag(flag.name, self.text(flag.evidence)) for flag in found.flags),
            text="",
            title=self.maybe(found.title),
        )
