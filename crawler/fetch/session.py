"""One aiohttp session per process, set up for hostile servers; `Fetcher.fetch` makes one request.

The ways an Ask may go, all within its deadline:

1. the request, on a kept-alive connection where there is one (once more on a new one when the kept one turns out dead);
2. https: with the verified context, then with the permissive one (`tls`);
3. an answer that cannot be parsed: once more, read leniently (`lenient`);
4. no connection, or none encrypted: the other scheme, once.
"""

import asyncio
import ipaddress
import logging
import ssl
import time
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit

import aiohttp
from yarl import URL

from crawler.fetch import failures
from crawler.fetch.connector import Connector, ConnectTooSlow, place_of
from crawler.fetch.course import COURSE, Course
from crawler.fetch.exchange import Answer, Ask, Pairs
from crawler.fetch.headers import ACCEPTED, REDIRECTS, askable, conditional
from crawler.fetch.lenient import parse, receive
from crawler.fetch.memory import Remembered
from crawler.fetch.resolve import make_resolver
from crawler.fetch.settings import FetchSettings
from crawler.fetch.tls import (
    certificate_flaw,
    client_hello,
    handshake_flaw,
    permissive_context,
    speaks_guomi,
    verified_context,
)
from crawler.records import Tls

_log = logging.getLogger(__name__)

_VERIFIED: Final = Tls(True)
_REDIRECT_CAP: Final = 64 * 1024
_RUNG_KEPT_S: Final = 86_400.0
_UNCERTAIN_RUNG_KEPT_S: Final = 3_600.0
_LENIENT_KEPT_S: Final = 3_600.0
_ELSEWHERE_KEPT_S: Final = 600.0
_SLOW_FAILURE_S: Final = 2.0
"""A scheme that fails as slowly as this is asked second for a while."""

_MOST_PARTS: Final = 64
"""A body that comes in more pieces is gathered in the last one: a million small objects cost more than their bytes."""

_LEAST_LEFT_S: Final = 0.2
_NO_TIMEOUT: Final = aiohttp.ClientTimeout(total=None, connect=None, sock_connect=None, sock_read=None)
_ERRORS: Final = (aiohttp.ClientError, OSError, ConnectTooSlow, RuntimeError, ValueError)
_ENCRYPTION: Final = frozenset({"unsupported_cipher", "guomi"})


_FORM: Final = "application/x-www-form-urlencoded; charset=UTF-8"


class Fetcher:
    """One per process. `open` and `close` in a running loop; any number of fetches at once, each in a task.

    trusted  a fetcher for these (host, port) alone, wherever their addresses are, with connections of its own. It asks once
             and by no other means, since its requests bear secrets: no other scheme, no certificate that does not hold,
             nothing of it in a log
    """

    def __init__(self, settings: FetchSettings, trusted: frozenset[tuple[str, int]] = frozenset()) -> None:
        self._settings, self._trusted = settings, trusted
        self._session: aiohttp.ClientSession | None = None
        self._rungs: Remembered[str] = Remembered(_RUNG_KEPT_S)
        self._lenient: Remembered[bool] = Remembered(_LENIENT_KEPT_S)
        self._elsewhere: Remembered[bool] = Remembered(_ELSEWHERE_KEPT_S)

    async def open(self) -> None:
        settings = self._settings
        self._verified = verified_context(settings.ca)
        self._permissive = permissive_context()
        self._resolver = make_resolver(settings)
        allowed = [ipaddress.ip_network(block) for block in settings.allow]
        source = None if self._trusted else settings.source_address
        self._connector = Connector(self._resolver, allowed, self._verified, source, self._trusted)
        self._headers = {"User-Agent": settings.user_agent, **ACCEPTED}
        self._session = aiohttp.ClientSession(
            connector=self._connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            headers=self._headers,
            timeout=_NO_TIMEOUT,
            max_line_size=65_536,
            max_field_size=65_536,
            max_headers=1_000,
        )
        self._session._retry_connection = False  # it would repeat requests on new connections too, uncounted

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            await self._resolver.close()

    async def fetch(self, ask: Ask) -> Answer:
        """Ask once. Never raises for what a server, its name or its network does; cancelling it still cancels."""
        assert self._session is not None, "open() first"
        task = asyncio.current_task()
        assert task is not None
        course = Course(ask, self._settings.connect_s, task)
        url = askable(ask.url)
        if url is None:
            return course.failed("inconclusive", "bad_url")
        COURSE.set(course)
        cancelling = task.cancelling()
        timer = asyncio.get_running_loop().call_later(ask.deadline_s, course.expire)
        try:
            return await (self._plainly(course, url) if self._trusted else self._go(course, url))
        except asyncio.CancelledError:
            if not course.expired or task.cancelling() > cancelling + 1:
                raise
            return course.timed_out()
        except Exception as error:
            if self._trusted:
                _log.error("a bridge could not be asked: %s", type(error).__name__)
            else:
                _log.exception("a fetch failed", extra={"url": ask.url})
            return course.failed("internal", "crash")
        finally:
            timer.cancel()
            if course.expired:
                task.uncancel()
            course.let_go()

    async def _go(self, course: Course, url: str) -> Answer:
        if self._elsewhere and self._elsewhere.get(_origin(url)) and (other := _other_scheme(url)):
            answer = await self._at(course, other)
            if _is_instead(answer, url):
                return answer._replace(other_scheme=True)
        answer = await self._at(course, url)
        if answer.outcome == "ok" or not _wants_other(answer) or course.left_s() < _LEAST_LEFT_S:
            return answer
        other = _other_scheme(url)
        if other is None:
            return answer
        course.fallback = answer
        instead = await self._at(course, other)
        if not _is_instead(instead, url):
            return answer._replace(requests=course.requests, elapsed_s=instead.elapsed_s)
        if answer.elapsed_s > _SLOW_FAILURE_S and (instead.status or 0) < 400:
            self._elsewhere.keep(_origin(url), True)
        return instead._replace(other_scheme=True)

    async def _plainly(self, course: Course, url: str) -> Answer:
        """Ask a trusted place, in the one way that is safe for what the request bears."""
        if place_of(url) not in self._trusted:
            return course.failed("inconclusive", "bad_url")
        try:
            return await self._request(course, url, _VERIFIED if url.startswith("https:") else None, None)
        except _ERRORS as error:
            return course.failed(*(failures.failure_of(error, course) or ("inconclusive", "bad_url")))

    async def _at(self, course: Course, url: str) -> Answer:
        """Ask one URL by all means but the other scheme."""
        try:
            if self._lenient and self._lenient.get(_origin(url)):
                answer = await self._leniently(course, url)
                if answer is not None:
                    return answer
            if url.startswith("https:"):
                return await self._encrypted(course, url)
            return await self._request(course, url, None, None)
        except _ERRORS as error:
            return await self._after(course, url, error)

    async def _after(self, course: Course, url: str, error: Exception) -> Answer:
        """The answer where the strict way failed."""
        assert self._session is not None
        if self._session.closed:
            return course.failed("inconclusive", "stopping")
        if isinstance(error, ValueError) and not isinstance(error, aiohttp.ClientError | OSError):
            return course.failed("inconclusive", "bad_url")
        failure = failures.failure_of(error, course)
        if failure is None:
            raise error
        if failures.is_parse_error(error):
            try:
                answer = await self._leniently(course, url)
            except _ERRORS:
                answer = None
            if answer is not None:
                self._lenient.keep(_origin(url), True)
                return answer
        if failure == ("tls", "protocol") and await self._is_guomi(course, url):
            failure = "inconclusive", "guomi"
        return course.failed(*failure)

    async def _encrypted(self, course: Course, url: str) -> Answer:
        """The TLS ladder. A rung that was reached is remembered, for less long where the server only hung up."""
        origin = _origin(url)
        flaw = self._rungs.get(origin)
        if flaw is not None:
            return await self._request(course, url, Tls(False, flaw), self._permissive)
        keep_s = _RUNG_KEPT_S
        try:
            return await self._request(course, url, _VERIFIED, None)
        except aiohttp.ClientConnectorCertificateError as error:
            flaw = certificate_flaw(error.certificate_error)
        except aiohttp.ClientConnectorSSLError as error:
            flaw = handshake_flaw(error.os_error)
        except (aiohttp.ClientError, OSError):
            if course.phase != "tls":
                raise
            flaw, keep_s = "handshake", _UNCERTAIN_RUNG_KEPT_S
        answer = await self._request(course, url, Tls(False, flaw), self._permissive)
        self._rungs.keep(origin, flaw, keep_s)
        return answer

    async def _request(self, course: Course, url: str, tls: Tls | None, context: ssl.SSLContext | None) -> Answer:
        """One request by aiohttp. Raises what it raises until the headers are there."""
        assert self._session is not None
        target = URL(url, encoded=True)
        ask = course.ask
        headers = conditional(ask.etag, ask.last_modified)
        if ask.headers:
            headers = {**(headers or {}), **dict(ask.headers)}
        secure = True if context is None else context
        while True:
            course.start(url, tls)
            try:
                if ask.form is None:
                    response = await self._session.get(target, allow_redirects=False, headers=headers, ssl=secure)
                else:
                    response = await self._post(target, ask.form, headers, secure)
                break
            except (aiohttp.ClientError, OSError):
                if not course.reused:
                    raise
        await _read(course, response)
        return course.answered()

    async def _post(
        self, target: URL, form: Pairs, headers: Mapping[str, str] | None, secure: ssl.SSLContext | bool
    ) -> aiohttp.ClientResponse:
        assert self._session is not None
        worn = {**(headers or {}), "Content-Type": _FORM}
        return await self._session.post(target, data=urlencode(form).encode(), allow_redirects=False, headers=worn, ssl=secure)

    async def _leniently(self, course: Course, url: str) -> Answer | None:
        """One GET by our own reader; None where what comes back is no answer, and for a form. Raises OSError and its like."""
        if course.ask.form is not None:
            return None
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        encrypted = parts.scheme == "https"
        flaw = self._rungs.get(_origin(url)) if encrypted else None
        tls = None if not encrypted else _VERIFIED if flaw is None else Tls(False, flaw)
        context = None if not encrypted else self._verified if flaw is None else self._permissive
        course.start(url, tls)
        course.requests += 1
        connected = await self._connector.dial(host, port)
        course.address, course.phase = connected.getpeername()[0], "first_byte"
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: {parts.netloc}",
            *(f"{k}: {v}" for k, v in {**self._headers, **dict(course.ask.headers)}.items()),
        ]
        request = "\r\n".join([*lines, "Connection: close", "", ""]).encode("ascii", "replace")
        received = bytearray()
        try:
            ended = await receive(connected, context, host, request, course.ask.cap, received)
            got = parse(bytes(received), ended)
        except asyncio.CancelledError:
            got = parse(bytes(received), False)
            if got is not None:
                course.phase = "body"
                course.status, course.headers, course.parts = got.status, got.headers, [got.body]
            raise
        if got is None:
            return None
        course.status, course.headers, course.parts, course.broken = got.status, got.headers, [got.body], got.broken
        return course.answered()

    async def _is_guomi(self, course: Course, url: str) -> bool:
        """Does what does not speak TLS there speak 国密? Asked of its first bytes."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        course.requests += 1
        loop = asyncio.get_running_loop()
        try:
            with await self._connector.dial(host, parts.port or 443) as connected:
                await loop.sock_sendall(connected, client_hello(host))
                return speaks_guomi(await loop.sock_recv(connected, 16))
        except _ERRORS:
            return False


async def _read(course: Course, response: aiohttp.ClientResponse) -> None:
    """Read the body into the course, up to the cap; whatever breaks it off, what has come is kept."""
    course.headers_at = time.perf_counter()
    course.phase = "body"
    status = course.status = response.status
    headers = course.headers = response.headers
    content, parts = response.content, course.parts
    left = course.ask.cap if status not in REDIRECTS else _REDIRECT_CAP
    try:
        while chunk := await content.readany():
            if len(parts) < _MOST_PARTS:
                parts.append(chunk if len(parts) < _MOST_PARTS - 1 else bytearray(chunk))
            else:
                parts[-1] += chunk
            left -= len(chunk)
            if left < 0:
                course.over = True
                response.close()
                break
    except (aiohttp.ClientError, OSError) as error:
        course.broken, course.flaw = True, failures.body_flaw(error)
        parts.append(content._read_nowait(-1))
        response.close()
    except BaseException:
        parts.append(content._read_nowait(-1))
        response.close()
        raise
    unannounced = "Content-Length" not in headers and "Transfer-Encoding" not in headers
    if unannounced and course.handler is not None and course.handler.broken:
        course.broken = True
    if status == 101:
        response.close()


def _origin(url: str) -> str:
    """Scheme, host and port of a fit URL."""
    return "/".join(url.split("/", 3)[:3])


def _other_scheme(url: str) -> str | None:
    """The same address by the other scheme; None where it names a port: what is at another port is another service."""
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0]
    if ":" in host.rpartition("]")[2]:
        return None
    return f"{'http' if scheme == 'https' else 'https'}://{rest}"


def _wants_other(answer: Answer) -> bool:
    if answer.outcome == "inconclusive":
        return answer.reason in _ENCRYPTION
    return answer.outcome in ("connect", "tls") or (answer.outcome == "timeout" and answer.reason in ("connect", "tls"))


def _is_instead(answer: Answer, url: str) -> bool:
    """Did the other scheme answer, with more than the way back to `url`'s host by the scheme that does not work?"""
    return answer.status is not None and (answer.location is None or _origin(answer.location) != _origin(url))
