"""Headers as this house sends them, and as it takes them: cleaned values, redirect targets, Retry-After."""

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import quote_from_bytes, unquote_to_bytes, urljoin, urlsplit, urlunsplit

import idna

from crawler.records import clean_text

ACCEPTED: Final = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
    "Accept-Encoding": "gzip, deflate",
}
REDIRECTS: Final = frozenset({300, 301, 302, 303, 307, 308})
LONGEST_RETRY_AFTER_S: Final = 86_400.0

_LONGEST_VALIDATOR: Final = 200
_LONGEST_URL: Final = 4_096
_PLAIN: Final = re.compile(
    r"https?://[a-z0-9_-]+(?:\.[a-z0-9_-]+)*(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}))?(?:/(?>(?:[!$&-;=?-\[\]_a-z~]++|%[0-9A-Fa-f]{2})*))?"
)
"""URLs that can be asked as they are: nearly all."""

_UNTOUCHED: Final = "%:/?#[]@!$&'()*+,;=~"
_HOST: Final = re.compile(r"(?i)[a-z0-9_](?:[a-z0-9_.-]{0,252}[a-z0-9_.])?|\[[0-9a-f:.]+\]")
_STRAY_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


def decoded(value: str) -> str:
    """A header's value as text: its bytes are UTF-8 or else GB18030, whatever the parser made of them."""
    if value.isascii():
        return value
    raw = value.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def clean(value: str | None, limit: int = 200) -> str | None:
    """A header's value for a record: decoded, without control characters, at most `limit` characters; None where empty."""
    if value is None:
        return None
    if len(value) <= limit and value.isascii() and value.isprintable():
        return value or None
    return clean_text(decoded(value), limit) or None


def validator(value: str | None) -> str | None:
    """An ETag or Last-Modified that can be sent back as it came; None for any other: the next fetch is a full one then."""
    if value and len(value) <= _LONGEST_VALIDATOR and value.isascii() and value.isprintable():
        return value
    return None


def conditional(etag: str | None, last_modified: str | None) -> dict[str, str] | None:
    """The headers of a conditional request, or None."""
    if etag is None and last_modified is None:
        return None
    made = {"If-None-Match": validator(etag), "If-Modified-Since": validator(last_modified)}
    return {name: value for name, value in made.items() if value} or None


def fit_url(text: str) -> str | None:
    """`text` as an absolute URL that can be asked; None where it is none.

    Bytes that do not belong into a URL are percent-quoted as they are, a Chinese host becomes its ASCII form, backslashes
    become slashes as in browsers, and user, password and fragment go.
    """
    text = text.strip("\x00\t\n\r\x0b\x0c \u3000")
    head, mark, query = text.replace("\t", "").replace("\r", "").replace("\n", "").partition("?")
    try:
        parts = urlsplit(head.replace("\\", "/") + mark + query)
        port = parts.port
    except ValueError:
        return None
    host = _ascii_host(parts.netloc.rpartition("@")[2])
    if parts.scheme.lower() not in ("http", "https") or host is None or port == 0:
        return None
    made = urlunsplit((parts.scheme.lower(), host, _quoted(parts.path) or "/", _quoted(parts.query), ""))
    return made if len(made) <= _LONGEST_URL else None


def _quoted(text: str) -> str:
    raw = text.encode("utf-8", "surrogateescape")
    return _STRAY_PERCENT.sub("%25", quote_from_bytes(raw, _UNTOUCHED))


def _ascii_host(netloc: str) -> str | None:
    """The host, and the port where there is one, in ASCII."""
    host, colon, port = netloc.rpartition(":") if re.search(r":\d*$", netloc) else (netloc, "", "")
    if not host.isascii() or "%" in host:
        try:
            text = decoded(unquote_to_bytes(host.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape"))
            host = idna.encode(text, uts46=True).decode()
        except (idna.IDNAError, UnicodeError):
            return None
    if not _HOST.fullmatch(host) or ".." in host:
        return None
    return host.lower() + (f":{port}" if colon and port else "")


def location_of(base: str, value: str) -> str | None:
    """The absolute URL that a Location header points to; None where it cannot be asked. Relative ones are taken to `base`."""
    value = value.strip("\x00\t\n\r\x0b\x0c ").replace("\t", "").replace("\r", "").replace("\n", "")
    if not value or len(value) > _LONGEST_URL:
        return None
    head, mark, rest = value.partition("?")
    try:
        joined = urljoin(base, head.replace("\\", "/") + mark + rest)
    except ValueError:
        return None
    return fit_url(joined)


def askable(url: str) -> str | None:
    """`url` itself where it can be asked as it is, or its fit form."""
    if len(url) <= _LONGEST_URL and _PLAIN.fullmatch(url) is not None:
        return url
    return fit_url(url)


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Seconds that a Retry-After header asks for, written as a number or as an HTTP date; None for anything else."""
    value = headers.get("Retry-After")
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), LONGEST_RETRY_AFTER_S)
    try:
        moment = parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(0.0, moment - (time.time() if now is None else now)), LONGEST_RETRY_AFTER_S)
