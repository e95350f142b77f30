"""Bytes of HTTP answers."""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import blake2b
from typing import Final

PHRASES: Final = {
    200: "OK", 202: "Accepted", 301: "Moved Permanently", 302: "Found", 304: "Not Modified",
    400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    412: "Precondition Failed", 500: "Internal Server Error", 503: "Service Unavailable", 521: "Web Server Is Down",
}  # fmt: skip

Header = tuple[str, str]


def answer(status: int, body: bytes, headers: Iterable[Header] = (), content_type: str | None = "text/html") -> bytes:
    """A whole answer with its right Content-Length."""
    return head(status, len(body), headers, content_type) + body


def head(status: int, length: int | None, headers: Iterable[Header] = (), content_type: str | None = "text/html") -> bytes:
    """Status line and headers; without `length` the body ends with the connection."""
    lines = [f"HTTP/1.1 {status} {PHRASES.get(status, 'Unknown')}", "Server: nginx"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    if length is not None and status != 304:
        lines.append(f"Content-Length: {length}")
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def content_type(charset: str | None) -> str:
    return f"text/html; charset={charset}" if charset else "text/html"


def encoded(text: str, charset: str) -> bytes:
    """`text` in `charset`; what the charset lacks becomes a character reference, as content systems write it."""
    return text.encode(charset, "xmlcharrefreplace")


def etag(body: bytes) -> str:
    return f'"{blake2b(body, digest_size=8).hexdigest()}"'


def http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
