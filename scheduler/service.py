"""HTTP: /metrics, /healthz, /readyz, /observations?after=SEQ&follow=1.

/healthz answers by progress, not by an open port: 503 while nothing can be written, or when visits are due and no line has
become durable for longer than `stalled_after`.
"""

import asyncio
import hmac
from collections.abc import Callable
from pathlib import Path

import orjson
from aiohttp import web
from msgspec import Struct

from scheduler.follow import Gone, chunk, locate
from scheduler.journal import Position
from scheduler.metrics import Metrics


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
    ) -> None:
        self._metrics, self._journal, self._synced = metrics, journal, synced
        self._health, self._ready, self._token = health, ready, token
        self._news = asyncio.Condition()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/metrics", self._get_metrics)
        app.router.add_get("/healthz", self._get_health)
        app.router.add_get("/readyz", self._get_ready)
        app.router.add_get("/observations", self._get_observations)
        return app

    async def nudge(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def _get_metrics(self, request: web.Request) -> web.Response:
        return web.Response(body=self._metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    async def _get_health(self, request: web.Request) -> web.Response:
        health = self._health()
        return _json(200 if health.ok else 503, {"ok": health.ok, "reason": health.reason})

    async def _get_ready(self, request: web.Request) -> web.Response:
        ready = self._ready()
        return _json(200 if ready else 503, {"ready": ready})

    async def _get_observations(self, request: web.Request) -> web.StreamResponse:
        if self._token and not _has_token(request, self._token):
            return _json(401, {"error": "send the token as `Authorization: Bearer …`"}, {"WWW-Authenticate": "Bearer"})
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
        try:
            await self._stream(response, at, follow)
            await response.write_eof()
        except (ConnectionResetError, asyncio.CancelledError):
            pass  # the reader has gone
        return response

    async def _stream(self, response: web.StreamResponse, at: Position, follow: bool) -> None:
        while True:
            lines, at = await asyncio.to_thread(chunk, self._journal, at, self._synced())
            if lines:
                await response.write(lines)
            elif not follow:
                return
            else:
                async with self._news:
                    try:
                        async with asyncio.timeout(15):
                            await self._news.wait()
                    except TimeoutError:
                        continue


def _json(status: int, content: dict[str, object], headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(content), content_type="application/json", headers=headers)


def _has_token(request: web.Request, token: str) -> bool:
    given = request.headers.get("Authorization", "")
    return hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {token}".encode())
