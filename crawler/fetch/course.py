"""How one Ask goes, step by step: what the connector and the session note down, and the Answer that is made of it."""

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from time import perf_counter
from typing import Final, Literal, Protocol

from crawler.fetch.exchange import Answer, Ask
from crawler.fetch.headers import REDIRECTS, clean, location_of, retry_after, validator
from crawler.fetch.unpack import GZIP_MAGIC, unpack
from crawler.records import Outcome, Phases, Tls

Phase = Literal["dns", "connect", "tls", "first_byte", "body"]

TIMEOUTS: Final[dict[Phase, tuple[Outcome, str]]] = {
    "dns": ("inconclusive", "resolver"),
    "connect": ("timeout", "connect"),
    "tls": ("timeout", "tls"),
    "first_byte": ("timeout", "first_byte"),
    "body": ("timeout", "body"),
}
"""A look-up that takes too long is not the site's fault."""


LAG_S: Final = 1.0
"""A deadline that rings so much too late says that our loop was busy elsewhere."""


class Handler(Protocol):
    """A connection, as far as its course is concerned. broken: it ended with an error."""

    broken: bool


class Course:
    """One Ask on its way. Marks are seconds of `perf_counter`; those of a request begin anew with `start`.

    parts       the body's pieces as they came, packed or not
    broken      the body ended before its end
    over        there was more of it than the cap
    flaw        why a body is not whole, in the reasons of `malformed`
    fallback    what is answered when the try with the other scheme comes to nothing
    """

    __slots__ = (
        "address", "ask", "begun", "broken", "connect_s", "connected_at", "dns_s", "dns_until", "expired", "fallback", "flaw",
        "handler", "headers", "headers_at", "made_at", "over", "parts", "phase", "requests", "reused", "started_at",
        "status", "task", "tls", "url",
    )  # fmt: skip

    def __init__(self, ask: Ask, connect_s: float, task: "asyncio.Task[object]") -> None:
        self.ask, self.task = ask, task
        self.connect_s = min(connect_s, ask.deadline_s * 2 / 3)
        self.begun = perf_counter()
        self.requests = 0
        self.expired = False
        self.fallback: Answer | None = None
        self.start(ask.url, None)

    def start(self, url: str, tls: Tls | None) -> None:
        """One more request begins."""
        self.url, self.tls = url, tls
        self.started_at = perf_counter()
        self.dns_s = self.dns_until = self.connected_at = self.made_at = self.headers_at = 0.0
        self.phase: Phase = "connect"
        self.reused = False
        self.handler: Handler | None = None
        self.address: str | None = None
        self.status: int | None = None
        self.headers: Mapping[str, str] | None = None
        self.parts: list[bytes | bytearray] = []
        self.broken = self.over = False
        self.flaw = "content_length"

    def expire(self) -> None:
        """The deadline is here: whatever the task waits for is given up."""
        self.expired = True
        self.task.cancel()

    def left_s(self) -> float:
        return self.ask.deadline_s - (perf_counter() - self.begun)

    def phases(self, now: float) -> Phases:
        """How the time of the last request was spent."""
        answered = self.headers_at or now
        asked = self.started_at
        connect = tls = 0.0
        if self.made_at:
            asked = self.made_at
            connected = self.connected_at or self.made_at
            connect, tls = connected - (self.dns_until or self.started_at), self.made_at - connected
        return Phases(
            round(self.dns_s, 4),
            round(connect, 4),
            round(tls, 4),
            round(answered - asked, 4),
            round(now - self.headers_at, 4) if self.headers_at else 0.0,
        )

    def failed(self, outcome: Outcome, reason: str | None) -> Answer:
        """The answer where no answer came."""
        now = perf_counter()
        return Answer(
            self.url,
            outcome,
            reason,
            phases=self.phases(now),
            elapsed_s=now - self.begun,
            requests=self.requests,
            address=self.address,
            tls=self.tls,
        )

    def timed_out(self) -> Answer:
        """The answer at the deadline: with as much of the page as there is. Where our own loop came too late, or never to
        the asking, it is not the site's fault.
        """
        outcome, reason = TIMEOUTS[self.phase]
        if not self.requests:
            outcome, reason = "inconclusive", "deadline"
        elif self.left_s() < -LAG_S:
            outcome, reason = "inconclusive", "loop_lag"
        if self.headers is None:
            if self.fallback is None:
                return self.failed(outcome, reason)
            return self.fallback._replace(requests=self.requests, elapsed_s=perf_counter() - self.begun)
        self.broken = True
        answer = self.answered()
        if self.fallback is not None:
            answer = answer._replace(other_scheme=True)
        if answer.location is not None or answer.outcome not in ("ok", "malformed"):
            return answer
        return answer._replace(outcome=outcome, reason=reason)

    def let_go(self) -> None:
        """The fetch is over. A connection keeps the context it was made in for ever, and the course with it: a ring that is
        never collected if the course keeps the connection, and the page."""
        self.handler = None
        self.parts = []
        self.headers = None

    def answered(self) -> Answer:
        """The answer to a request whose headers came; a redirect needs no body."""
        now = perf_counter()
        headers, status = self.headers, self.status
        assert headers is not None and status is not None
        outcome: Outcome = "ok"
        reason: str | None = None
        body, partial = self._body(headers.get("Content-Encoding"))
        location = None
        if self.over:
            outcome, reason = "too_large", "body"
        elif partial and not body:
            outcome, reason = "malformed", self.flaw
        if status >= 300:
            if status in REDIRECTS:
                outcome, reason, location = _redirect(self.url, status, headers, outcome, reason)
            elif status == 304:
                if self.ask.etag is None and self.ask.last_modified is None:
                    outcome, reason = "http_error", "other_status"
                else:
                    outcome, reason = "ok", None
        content_type, etag, modified = headers.get("Content-Type"), headers.get("ETag"), headers.get("Last-Modified")
        return Answer(
            self.url,
            outcome,
            reason,
            status,
            headers,
            body,
            partial,
            clean(content_type) if content_type else None,
            location,
            status == 304 and outcome == "ok",
            self.phases(now),
            now - self.begun,
            self.requests,
            self.address,
            self.tls,
            validator(etag) if etag else None,
            validator(modified) if modified else None,
            retry_after(headers) if status >= 300 else None,
        )

    def _body(self, encoding: str | None) -> tuple[bytes, bool]:
        """The body, unpacked, and whether it is cut."""
        parts = self.parts
        raw = bytes(parts[0]) if len(parts) == 1 else b"".join(parts)
        if len(raw) > self.ask.cap:
            raw, self.over = raw[: self.ask.cap], True
        if raw and (encoding is not None or raw.startswith(GZIP_MAGIC)):
            unpacked = unpack(raw, encoding, self.ask.cap)
            if unpacked.damaged:
                self.flaw = "encoding"
            self.over = self.over or unpacked.over
            return unpacked.body, self.broken or self.over or not unpacked.whole
        return raw, self.broken or self.over


def _redirect(
    url: str, status: int, headers: Mapping[str, str], outcome: Outcome, reason: str | None
) -> tuple[Outcome, str | None, str | None]:
    """A redirect is whole with its headers. 300 without Location is a page that offers a choice."""
    value = headers.get("Location")
    if not value:
        return (outcome, reason, None) if status == 300 else ("redirected", "no_location", None)
    location = location_of(url, value)
    return ("redirected", "bad_location", None) if location is None else ("ok", None, location)


COURSE: ContextVar[Course] = ContextVar("course")
"""The course of the Ask that the running task is busy with: how the connector finds it."""
