"""Addresses as registers write them, made into what is asked for; every change is named.

What a browser would do with the text is done. What no browser does is done only where one reading is possible
(`http//`, blanks in a host name); the rest is refused.
"""

import re
from typing import Final, NamedTuple
from urllib.parse import quote

from register.hosts import BadUrl, looks_like_host, read_authority

LONGEST: Final = 4096
WHOLE: Final = "write the whole address, such as http://www.example.gov.cn/gzdt/"

_CLEAN: Final = re.compile(
    r"https?://((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z][a-z0-9-]{0,61}[a-z0-9])/[!$%&'()*+,\-./0-9:;=?@A-Z_a-z~]*"
)
_INVISIBLE: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_WRAPS: Final = re.compile(r"[\t\r\n\v\f]+ *")
_QUOTES: Final = "\"'“”‘’<>《》「」"
_TAIL: Final = "，。；、,;" + _QUOTES
_SCHEME: Final = re.compile(r"(h{0,2}t{1,3}p{1,2}|hppt|htpt)(s{0,2})\s*(?:[:：;；]+\s*/*|[.]?/{2,})\s*", re.IGNORECASE)
_OTHER_SCHEME: Final = re.compile(r"([a-z][a-z0-9+-]*)[:：](?!\d)", re.IGNORECASE)
_SECOND: Final = re.compile(r"[\s;；,，、|]\s*https?[:：]/", re.IGNORECASE)
_AUTHORITY: Final = re.compile(r"[^/?#]*")
_SAFE: Final = "!$%&'()*+,-./:;=?@_~#[]"
_WIDE: Final = str.maketrans(
    {chr(0xFEE0 + ord(sign)): sign for sign in "/?=&.#%_-+~"}
    | {chr(0xFEE0 + code): chr(code) for code in range(0x21, 0x7F) if chr(code).isalnum()}
    | {"\u3000": " "}
)


class Url(NamedTuple):
    """url: as it is asked for, ASCII. host: lower case, without port. mends: what was changed, empty for nothing."""

    url: str
    host: str
    mends: tuple[str, ...]


def read_url(text: str, base: str | None = None) -> Url:
    """The address in a cell; `base` is the site's home page, which paths such as `/gzdt/` are taken from.

    Scheme and host are put in lower case, the scheme's own port and an empty path are made uniform: that alone is not
    counted as a mend. Raises BadUrl.
    """
    plain = _CLEAN.fullmatch(text)
    if plain and "&amp;" not in text and len(text) <= LONGEST:
        return Url(text, plain[1], ())
    return _read(text, base)


def _read(text: str, base: str | None) -> Url:
    mends: list[str] = []
    tidy = _tidy(text, mends)
    if not tidy:
        raise BadUrl("there is no address", WHOLE)
    if len(tidy) > LONGEST:
        raise BadUrl(f"the address is longer than {LONGEST} characters", WHOLE)
    scheme, rest = _scheme(tidy, base, mends)
    if _SECOND.search(rest):
        raise BadUrl("the cell holds two addresses", "write one address here, and a row of its own for the other")
    printed = _AUTHORITY.match(rest)
    assert printed is not None
    authority = read_authority(printed[0], scheme)
    mends += authority.mends
    path = _path(rest[printed.end() :], mends)
    return Url(f"{scheme}://{authority.text}{path}", authority.host, tuple(mends))


def _tidy(text: str, mends: list[str]) -> str:
    """Without what copying from documents leaves around and inside an address; slashes are slashes."""
    visible = _INVISIBLE.sub("", text)
    joined = _WRAPS.sub("", visible.strip())
    if len(joined) < len(text.strip()):
        mends.append("line breaks or invisible characters were taken out")
    bare = joined.strip().lstrip(_QUOTES).rstrip(_TAIL + " \u3000")
    if bare != joined:
        mends.append("quotes or punctuation around the address were taken out")
    wide = bare.translate(_WIDE)
    if wide != bare:
        mends.append("full-width characters were made ordinary ones")
    before, mark, query = wide.partition("?")
    if "\\" in before:
        mends.append("backslashes were made slashes")
    return before.replace("\\", "/") + mark + query


def _scheme(text: str, base: str | None, mends: list[str]) -> tuple[str, str]:
    """The scheme and what follows its `//`."""
    match = _SCHEME.match(text)
    if match:
        scheme = "https" if match[2] else "http"
        rest = text[match.end() :]
        again = _SCHEME.match(rest)
        if again:
            scheme, rest = "https" if again[2] else "http", rest[again.end() :]
        if match[0].lower() != f"{scheme}://" or again:
            mends.append(f'"{match[0]}{again[0] if again else ""}" was made {scheme}://')
        return scheme, rest
    other = _OTHER_SCHEME.match(text)
    if other:
        raise BadUrl(f"{other[1]}: is not the address of a web page", WHOLE)
    if text.startswith("//"):
        mends.append("http: was put before it")
        return "http", text.lstrip("/")
    if text.startswith("/"):
        if base is None:
            raise BadUrl("the address is a path without a host, and its site has no home page to take it from", WHOLE)
        mends.append("the site's home page was put before the path")
        scheme, _, home = base.partition("://")
        return scheme, home.partition("/")[0] + text
    if not looks_like_host(_AUTHORITY.match(text)[0]):  # type: ignore[index]
        raise BadUrl("this is no web address", WHOLE)
    mends.append("http:// was put before it")
    return "http", text


def _path(rest: str, mends: list[str]) -> str:
    """Path, query and route; whatever may not stand in a request is percent-encoded as a browser would."""
    text = rest.strip()
    if "&amp;" in text:
        text = text.replace("&amp;", "&")
        mends.append("&amp; was made &")
    head, mark, fragment = text.partition("#")
    if mark and not fragment.startswith(("/", "!")):
        text = head
        mends.append("the part after #, which is never sent, was taken out")
    encoded = quote(text, safe=_SAFE, errors="replace")
    if encoded != text:
        mends.append("blanks and characters other than ASCII in the path were percent-encoded")
    return encoded if encoded.startswith("/") else "/" + encoded
