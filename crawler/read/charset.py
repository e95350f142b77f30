"""Which charset a page really is in (engineering-notes.md §2): bytes that are valid UTF-8 win over any declaration.

Order of the rule:
1. the register row's charset, where it names a codec
2. a byte order mark
3. strict UTF-8, also when only the last three bytes break it (a cut body)
4. UTF-16 without a mark, by where its NULs stand
5. dirty UTF-8: far fewer broken places than Chinese characters
6. the page's declaration, then the header's, if of the GB family or Big5
7. gb18030 or big5hkscs, whichever gives more of the commonest characters
The GB family is always decoded as gb18030, where a lone 0x80 is the euro sign of cp936.
"""

import codecs
import re
from contextlib import suppress
from typing import Final

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GB: Final = frozenset({"gb2312", "gbk", "gb18030", "cp936", "x-gbk", "gb_2312-80", "chinese", "hz-gb-2312", "gb-2312"})
_BIG5: Final = frozenset({"big5", "big5-hkscs", "big5hkscs", "cp950", "x-x-big5", "big5-tw"})
_DECLARED: Final = re.compile(rb"(?:[cC][hH][aA][rR][sS][eE][tT]|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,20})")
_HEADER: Final = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,20})", re.IGNORECASE)
_UTF8_HAN: Final = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}")
_ASCII: Final = bytes(range(128))
_COMMON: Final = re.compile(
    "["
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学"
    "法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四"
    "日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想"
    "已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指区"
    "務開關時間會來個國發電話對學經長門東車見說們進過還產業動員與為這無點當從體實現應資訊網"
    "]"
)
_SAMPLE: Final = 6_000
_NEAR: Final = 2_048
_MOST_EUROS: Final = 5_000


def decode(body: bytes, content_type: str | None = None, override: str | None = None) -> tuple[str, str, bool]:
    """The text, the name of the charset, and whether `body` itself is clean UTF-8 that a parser may be given.

    Never raises: what cannot be decoded becomes U+FFFD.
    """
    if override and (named := _named(override)):
        with suppress(UnicodeError, ValueError, OverflowError):  # idna and punycode are text codecs, too
            return _as(body, named), named, False
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace"), name, False
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        broken_at = error.start
        if 0 < len(body) - 3 <= broken_at:
            return body[:broken_at].decode("utf-8"), "utf-8", False
    else:
        if "\0" not in text or not (wide := _wide(body)):
            return text, "utf-8", True
        return body.decode(wide, "replace"), wide, False
    return _legacy(body, content_type, broken_at)


def _legacy(body: bytes, content_type: str | None, broken_at: int) -> tuple[str, str, bool]:
    """What is not UTF-8 throughout; `broken_at` is where it first is not."""
    if wide := _wide(body):
        return body.decode(wide, "replace"), wide, False
    if _mostly_utf8(body[max(0, broken_at - _NEAR) : broken_at + _NEAR]):
        loose = body.decode("utf-8", "replace")
        if loose.count("\ufffd") * 20 < sum("\u4e00" <= c <= "\u9fff" for c in loose):
            return loose, "utf-8", False
    for name in _declarations(body, content_type):
        if name in _GB:
            return _as(body, "gb18030"), "gb18030", False
        if name in _BIG5:
            return _as(body, "big5hkscs"), "big5hkscs", False
    sample = body[broken_at : broken_at + _SAMPLE]
    scored = [(_common(_as(sample, name)), name) for name in ("gb18030", "big5hkscs")]
    best = "big5hkscs" if scored[1][0] > scored[0][0] else "gb18030"
    return _as(body, best), best, False


def _declarations(body: bytes, content_type: str | None) -> list[str]:
    names = [found.decode("ascii").lower() for found in _DECLARED.findall(body, 0, 4096)]
    if content_type and (header := _HEADER.search(content_type)):
        names.append(header[1].lower())
    return names


def _wide(body: bytes) -> str | None:
    """UTF-16 by its NULs: markup is ASCII, so every second byte of it is zero."""
    head = body[:4096]
    if head.count(0) * 5 < len(head) or len(head) < 4:
        return None
    return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"


def _as(body: bytes, name: str) -> str:
    if name == "gb18030" and 0 < body.count(b"\x80") < _MOST_EUROS:
        body = _with_euros(body)
    return body.decode(name, "replace")


def _with_euros(body: bytes) -> bytes:
    """A byte 0x80 that is not the second half of a character is the euro sign in cp936."""
    pieces = []
    done = 0
    at = body.find(b"\x80")
    while at >= 0:
        if at == 0 or not 0x81 <= body[at - 1] <= 0xFE:
            pieces += [body[done:at], b"\xa2\xe3"]
            done = at + 1
        at = body.find(b"\x80", at + 1)
    return b"".join((*pieces, body[done:])) if pieces else body


def _mostly_utf8(sample: bytes) -> bool:
    """Whether the bytes near the first broken one are UTF-8 for Chinese characters, most of them."""
    high = len(sample.translate(None, _ASCII))
    return high > 0 and 3 * len(_UTF8_HAN.findall(sample)) * 5 >= high * 4


def _common(text: str) -> int:
    return len(_COMMON.findall(text)) - 4 * text.count("\ufffd")


def _named(name: str) -> str | None:
    """The codec for a register's word, or None if there is no such text codec."""
    lowered = name.strip().lower()
    if lowered in _GB:
        return "gb18030"
    if lowered in _BIG5:
        return "big5hkscs"
    try:
        info = codecs.lookup(lowered)
    except (LookupError, ValueError):
        return None
    return info.name if info._is_text_encoding else None
