"""HTTP: /metrics, /metrics/sites, /healthz, /readyz, /observations?after=SEQ&follow=1, POST /reports.

/healthz answers by progress, not by an open port: 503 while nothing can be written, or when visits are due and no line has
become durable for longer than `stalled_after`.
"""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import orjson
from aiohttp import web
from msgspec import Struct

from scheduler.accounts.reportfolder import MOST_BODY
from scheduler.follow import Gone, Tail, locate
from scheduler.housegauges import Reader
from scheduler.journal import Position
from scheduler.metrics import Metrics

WRITE_S: Final = 10.0
"""So long a report may take to be on the disk."""

_EXPOSITION: Final = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
_log = logging.getLogger(__name__)


class Health(Struct, frozen=True):
    """ok, and one sentence that says why not."""

    ok: bool
    reason: str | None = None


class Service:
    """The handlers. `nudge` tells those who follow that there are new lines."""

    def __init__(
        self,
        *,
        metrics: Metrics,
        journal: Path,
        synced: Callable[[], Position],
        health: Callable[[], Health],
        ready: Callable[[], bool],
        token: str,
        reports: Callable[[bytes], Awaitable[dict[str, Any]]] | None = None,
    ) -> None:
        """reports: takes a body of operators' reports and tells what was accepted. It is asked with the token only."""
        self._metrics, self._journal, self._synced = metrics, journal, synced
        self._health, self._ready, self._token = health, ready, token
        self._reports = reports
        self._news = asyncio.Condition()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=MOST_BODY)
        app.router.add_get("/metrics", self._get_metrics)
        app.router.add_get("/metrics/sites", self._get_sites)
        app.router.add_get("/healthz", self._get_health)
        app.router.add_get("/readyz", self._get_ready)
        app.router.add_get("/observations", self._get_observations)
        if self._reports is not None:
            app.router.add_post("/reports", self._post_reports)
        return app

    async def nudge(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def _get_metrics(self, request: web.Request) -> web.Response:
        self._metrics.readers.sample(self._synced().seq)
        return web.Response(body=self._metrics.text(), headers=_EXPOSITION)

    async def _get_sites(self, request: web.Request) -> web.Response:
        """A few series per site: to be scraped every few minutes."""
        return web.Response(body=self._metrics.sites.text, headers=_EXPOSITION)

    async def _get_health(self, request: web.Request) -> web.Response:
        health = self._health()
        return _json(200 if health.ok else 503, {"ok": health.ok, "reason": health.reason})

    async def _get_ready(self, request: web.Request) -> web.Response:
        ready = self._ready()
        return _json(200 if ready else 503, {"ready": ready})

    async def _get_observations(self, request: web.Request) -> web.StreamResponse:
        if self._token and not _has_token(request, self._token):
            return _unauthorized()
        text = request.query.get("after", "0")
        if not text.isdecimal() or len(text) > 18:
            return _json(400, {"error": "after must be a seq: a whole number, 0 for all"})
        follow = request.query.get("follow") not in (None, "0")
        try:
            at = await asyncio.to_thread(locate, self._journal, int(text))
        except Gone as gone:
            return _json(410, {"error": f"line {int(text) + 1} is past its retention", "first": gone.first})
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson; charset=utf-8"})
        await response.prepare(request)
        tail, reader = Tail(self._journal, at), self._metrics.readers.opened(at.seq)
        try:
            await self._stream(response, tail, reader, follow)
            await response.write_eof()
        except (ConnectionResetError, asyncio.CancelledError):
            pass  # the reader has gone
        except Gone as gone:
            _log.error(
                "a reader was slower than the retention: lines are lost to it",
                extra={"after": tail.at.seq, "first": gone.first},
            )
        finally:
            self._metrics.readers.closed(reader)
            tail.close()
        return response

    async def _post_reports(self, request: web.Request) -> web.Response:
        """200 with what was accepted and what was not; what was accepted is on the disk."""
        assert self._reports is not None
        if not self._token:
            return _json(403, {"error": "reports need a token: set http.token or http.token_file and start again"})
        if not _has_token(request, self._token):
            return _unauthorized()
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _json(413, {"error": f"more than {MOST_BODY} bytes: send fewer reports at once"})
        try:
            async with asyncio.timeout(WRITE_S):
                return _json(200, await self._reports(body))
        except TimeoutError:
            return _json(503, {"error": "nothing can be written at present: send it again later"})

    async def _stream(self, response: web.StreamResponse, tail: Tail, reader: Reader, follow: bool) -> None:
        while True:
            synced = self._synced()
            lines = await asyncio.to_thread(tail.read, synced)
            if lines:
                await response.write(lines)
                self._metrics.readers.took(reader, tail.at.seq, synced.seq)
            elif not follow:
                return
            else:
                self._metrics.readers.took(reader, tail.at.seq, synced.seq)
                async with self._news:
                    try:
                        async with asyncio.timeout(15):
                            await self._news.wait()
                    except TimeoutError:
                        continue


def _unauthorized() -> web.Response:
    return _json(401, {"error": "send the token as `Authorization: Bearer …`"}, {"WWW-Authenticate": "Bearer"})


def _json(status: int, content: dict[str, object], headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(content), content_type="application/json", headers=headers)


def _has_token(request: web.Request, token: str) -> bool:
    given = request.headers.get("Authorization", "")
    return hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {token}".encode())
