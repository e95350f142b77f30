"""Which answers are not the page that was asked for: challenges, block pages, soft 404s, parked domains.

The signatures are data (`signatures.toml`, whose head explains the fields); this file only matches them. An unknown 412
or 521 is a challenge all the same, because in practice it always is one (page-conventions.md §7). A 瑞数 script inside
a page that bears content proves nothing, so on a 2xx answer with content only titles are asked.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Final, Literal

import msgspec

from crawler.records import Outcome
from crawler.visible import visible_text

HTTP_REASONS: Final[Mapping[int, str]] = {
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    410: "gone",
    451: "legal_reasons",
    500: "server_error",
    502: "bad_gateway",
    503: "unavailable",
    504: "gateway_timeout",
}
"""Statuses with a reason of their own; the others are client_error, server_error or other_status."""

_TITLE = re.compile(r"(?is)<title[^>]*>([^<]{0,500})")
_HEAD: Final = 16_384


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"with_": "with"}):
    """One row of the table. Texts are lower case; the head of `signatures.toml` says what each field asks."""

    name: str
    outcome: Literal["challenged", "blocked", "soft_404", "parked"]
    what: str
    status: tuple[int | Literal["2xx"], ...]
    cookie: str | None = None
    header: str | None = None
    title: str | None = None
    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    visible: tuple[str, ...] = ()
    with_: tuple[str, ...] = ()
    max_size: int | None = None
    max_text: int | None = None


def _load() -> tuple[Signature, ...]:
    text = files("crawler").joinpath("fetch/signatures.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text)["signature"], tuple[Signature, ...])


SIGNATURES: Final = _load()

_PATTERNS: Final = {s.name: re.compile(s.title) for s in SIGNATURES if s.title is not None}
_COOKIES: Final = {s.name: re.compile(s.cookie) for s in SIGNATURES if s.cookie is not None}
_TITLED: Final = tuple(s for s in SIGNATURES if s.title is not None and "2xx" in s.status)


def _by_status() -> dict[int, tuple[Signature, ...]]:
    numbers = {n for s in SIGNATURES for n in s.status if isinstance(n, int)} | set(range(200, 300))
    return {n: tuple(s for s in SIGNATURES if n in s.status or (n // 100 == 2 and "2xx" in s.status)) for n in numbers}


_TABLE: Final = _by_status()


def http_reason(status: int) -> str:
    """The closed reason of an `http_error` with this status."""
    named = HTTP_REASONS.get(status)
    if named is not None:
        return named
    return {4: "client_error", 5: "server_error"}.get(status // 100, "other_status")


class _Answer:
    """One answer, with what several signatures ask of it worked out once, and only when asked."""

    __slots__ = ("_cookies", "_headers", "_lower", "_seen", "raw_headers", "text", "title")

    def __init__(self, headers: Mapping[str, str], text: str, title: str | None) -> None:
        if title is None:
            match = _TITLE.search(text, 0, _HEAD)
            title = " ".join(match[1].split()) if match else ""
        self.text, self.title, self.raw_headers = text, title, headers
        self._headers: dict[str, str] | None = None
        self._cookies: str | None = None
        self._lower: str | None = None
        self._seen: tuple[str, int] | None = None

    @property
    def lower(self) -> str:
        if self._lower is None:
            self._lower = self.text.lower()
        return self._lower

    @property
    def headers(self) -> dict[str, str]:
        if self._headers is None:
            self._headers = {name.lower(): value for name, value in self.raw_headers.items()}
        return self._headers

    @property
    def cookies(self) -> str:
        """All Set-Cookie values, one a line: a multi-valued mapping gives each pair, a plain one the joined text."""
        if self._cookies is None:
            pairs = self.raw_headers.items()
            self._cookies = "\n".join(value for name, value in pairs if name.lower() == "set-cookie")
        return self._cookies

    @property
    def seen(self) -> tuple[str, int]:
        """Title and visible text in lower case, and how many characters of it are text."""
        if self._seen is None:
            body = visible_text(self.text).lower()
            title = "".join(self.title.split()).lower()
            self._seen = (f"{title}\n{body}", len(body))
        return self._seen


def _words(words: Iterable[str], text: str) -> bool:
    """Is one of `words` in `text`, from which white space was taken out?"""
    return any(word.replace(" ", "") in text for word in words)


def _marked(sign: Signature, answer: _Answer) -> bool:
    """Does one of the signature's marks stand in the answer? A signature without any mark is its status alone."""
    if not (sign.any or sign.visible or sign.cookie or sign.header or sign.title):
        return True
    if sign.title and _PATTERNS[sign.name].search(answer.title):
        return True
    if sign.header and sign.header in answer.headers:
        return True
    if sign.cookie and _COOKIES[sign.name].search(answer.cookies):
        return True
    if sign.any and any(mark in answer.lower for mark in sign.any):
        return True
    return bool(sign.visible) and _words(sign.visible, answer.seen[0])


def _fits(sign: Signature, answer: _Answer) -> bool:
    """Lengths first: they rule out nearly every page before any text is searched."""
    if sign.max_size is not None and len(answer.text) > sign.max_size:
        return False
    if sign.max_text is not None and answer.seen[1] > sign.max_text:
        return False
    if sign.all and not all(mark in answer.lower for mark in sign.all):
        return False
    return _marked(sign, answer) and (not sign.with_ or _words(sign.with_, answer.seen[0]))


def _titled(title: str | None) -> tuple[Outcome, str] | None:
    if title:
        for sign in _TITLED:
            if _PATTERNS[sign.name].search(title):
                return sign.outcome, sign.name
    return None


def classify(
    status: int, headers: Mapping[str, str], text: str, title: str | None, has_content: bool
) -> tuple[Outcome, str] | None:
    """The outcome and the reason of an answer that is not its page; None where nothing speaks against it.

    text         the decoded body; may be cut
    title        the content of <title>, where it is known already
    has_content  the reader found a list, an article, a feed or a proven blank in it: then only the status and the title
                 may speak against a 2xx answer
    A JSON answer such as `[]` is no stub. 304 and redirects without a mark give None: following them is not judged here.
    """
    success = 200 <= status < 300
    if success and has_content:
        return _titled(title)
    signs = _TABLE.get(status)
    if signs:
        stripped = text.strip() if len(text) < 4_096 else text
        if not (success and stripped[:1] in ("[", "{") and len(stripped) <= 13):
            answer = _Answer(headers, stripped, title)
            for sign in signs:
                if _fits(sign, answer):
                    return sign.outcome, sign.name
    if success or 300 <= status < 400:
        return None
    return "http_error", http_reason(status)
