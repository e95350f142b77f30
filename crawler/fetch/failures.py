"""Exceptions → outcome and reason. What may be our own machine's trouble is `inconclusive`: never accuse the innocent."""

import errno
import ssl
from typing import Final

import aiohttp
from aiohttp.client_exceptions import InvalidURL, NonHttpUrlClientError

from crawler.fetch.connector import ConnectTooSlow
from crawler.fetch.course import TIMEOUTS, Course
from crawler.fetch.guard import AddressForbidden
from crawler.fetch.resolve import NameFailure
from crawler.fetch.tls import handshake_failure
from crawler.records import Outcome

Failure = tuple[Outcome, str]

_ERRNO: Final[dict[int, Failure]] = {
    errno.ECONNREFUSED: ("connect", "refused"),
    errno.ECONNRESET: ("connect", "reset"),
    errno.EPIPE: ("connect", "reset"),
    errno.ECONNABORTED: ("connect", "reset"),
    errno.EHOSTUNREACH: ("connect", "unreachable"),
    errno.EHOSTDOWN: ("connect", "unreachable"),
    errno.ETIMEDOUT: ("timeout", "connect"),
    errno.ENETUNREACH: ("inconclusive", "local_network"),
    errno.ENETDOWN: ("inconclusive", "local_network"),
    errno.EMFILE: ("inconclusive", "local_network"),
    errno.ENFILE: ("inconclusive", "local_network"),
    errno.ENOBUFS: ("inconclusive", "local_network"),
    errno.ENOMEM: ("inconclusive", "local_network"),
    errno.EADDRNOTAVAIL: ("inconclusive", "local_network"),
    errno.EADDRINUSE: ("inconclusive", "local_network"),
    errno.EACCES: ("inconclusive", "local_network"),
    errno.EPERM: ("inconclusive", "local_network"),
    errno.EAFNOSUPPORT: ("inconclusive", "local_network"),
}
"""A missing route, a full table or our own firewall are ours; so is a family of addresses that we do not have."""

_MALFORMED: Final[tuple[tuple[str, Failure], ...]] = (
    ("got more than", ("too_large", "header")),
    ("too many headers", ("too_large", "header")),
    ("content-length", ("malformed", "content_length")),
    ("data after", ("malformed", "content_length")),
    ("chunk", ("malformed", "chunked")),
    ("transfer-encoding", ("malformed", "chunked")),
    ("header", ("malformed", "header")),
)
"""Words of the parser's message, in order; without any of them it is no HTTP."""


def is_parse_error(error: BaseException) -> bool:
    """Did an answer come that the strict parser cannot read?"""
    return isinstance(error, aiohttp.ClientResponseError | aiohttp.ClientPayloadError | aiohttp.http.HttpProcessingError)


def malformed(error: BaseException) -> Failure:
    """The reason of an answer that no parser could read."""
    text = f"{error} {error.__cause__}".lower()
    return next((failure for word, failure in _MALFORMED if word in text), ("malformed", "http"))


def body_flaw(error: BaseException) -> str:
    """Why a body broke off, in the reasons of `malformed`."""
    text = f"{error!r} {error.__cause__!r}".lower()
    return "chunked" if "transferencoding" in text or "chunk" in text else "content_length"


def failure_of(error: BaseException, course: Course) -> Failure | None:
    """Outcome and reason of a request that ended with `error`; None for an error that no server can cause."""
    cause: BaseException = getattr(error, "os_error", None) or error
    if isinstance(cause, NameFailure):
        return ("dns", "nxdomain") if cause.trouble == "nxdomain" else ("inconclusive", cause.trouble)
    if isinstance(cause, AddressForbidden):
        return "inconclusive", "address_forbidden"
    if isinstance(cause, ssl.SSLError):
        return handshake_failure(cause)
    if isinstance(error, ConnectTooSlow | TimeoutError):
        return TIMEOUTS[course.phase]
    if isinstance(error, InvalidURL | NonHttpUrlClientError):
        return "inconclusive", "bad_url"
    if is_parse_error(error):
        return malformed(error)
    if course.phase == "tls" and isinstance(error, OSError | aiohttp.ClientError):
        return "tls", "closed"
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "connect", "closed"
    if isinstance(cause, OSError | RuntimeError) or isinstance(error, aiohttp.ClientError):
        return _by_number(cause)
    return None


def _by_number(error: BaseException) -> Failure:
    number = getattr(error, "errno", None)
    if isinstance(number, int) and number in _ERRNO:
        return _ERRNO[number]
    return "connect", "reset"
