"""Who answers what: hosts, their pages and their faults, as one handler for the server."""

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qsl

from province.answers import answer
from province.behaviours import BEHAVIOURS, Case
from province.behaviours.redirects import PARKED_HOST, gbk_target, unlooped
from province.behaviours.refusals import refuse
from province.deliveries import Ask
from province.files import WECHAT
from province.model import Column, Plan, Site
from province.newmedia.world import MediaWorld
from province.refuge import refuge
from province.renderer import Page, Renderer
from province.server import Asked, Connection, Slow
from province.wechat import CAPTCHA_PATH, STATES, notice, wechat_answer

_NOT_FOUND = answer(404, b"<html><head><title>404 Not Found</title></head><body>404 Not Found</body></html>")
_ROBOTS = answer(200, b"User-agent: *\nDisallow: /admin/\nDisallow: /search/\nAllow: /\n", (), "text/plain")


class World:
    """The province's answers. `faults` (host -> name of a fault) is read at every request, so hosts can be broken.

    think_s  seconds every healthy answer takes, for tests that want requests to overlap
    """

    def __init__(self, plan: Plan, renderer: Renderer, faults: Mapping[str, str], think_s: float = 0.0) -> None:
        self._plan, self._renderer, self._faults, self._think_s = plan, renderer, faults, think_s
        self._sites = {site.host: site for site in plan.sites}
        self._accounts = {account.path: account for account in plan.accounts}
        self.media = MediaWorld(plan)

    def answer(self, asked: Asked) -> bytes | Slow:
        """The handler of every connection."""
        found = self._found(asked)
        if asked.method == "HEAD" and isinstance(found, bytes):
            return found[: found.index(b"\r\n\r\n") + 4]
        if self._think_s and isinstance(found, bytes):
            return _thinking(found, self._think_s)
        return found

    def _found(self, asked: Asked) -> bytes | Slow:
        site = self._sites.get(asked.host)
        if site is not None:
            return self._of_site(site, asked)
        self.media.moment = self._renderer.moment
        found = self.media.answer(asked.host, asked.target, asked.headers)
        if found is not None:
            return found
        if asked.host == WECHAT:
            return self._of_wechat(asked)
        if asked.host == PARKED_HOST:
            return refuse("parked", asked.host, "0" * 16)
        return _NOT_FOUND

    def _of_site(self, site: Site, asked: Asked) -> bytes | Slow:
        column = self._renderer.columns(site).get(unlooped(asked.target))
        fault = self._faults.get(site.host) or (column.fault if column else None)
        behaviour = BEHAVIOURS.get(fault) if fault else None
        page = self._page(site, asked)
        if behaviour is not None:
            return behaviour(self._case(site, column, asked, page))
        if asked.target == "/robots.txt" and site.number % 2:
            return _ROBOTS
        if page is None:
            return _NOT_FOUND
        return _not_modified(page) if _same(page, asked) else page.answer

    def _page(self, site: Site, asked: Asked) -> Page | None:
        number = gbk_target(asked.target)
        if number is not None:
            return self._renderer.page(site, site.columns[number].path) if number < len(site.columns) else None
        return self._renderer.page(site, asked.target) or self._renderer.source(site, _ask(asked))

    def _case(self, site: Site, column: Column | None, asked: Asked, page: Page | None) -> Case:
        """What a behaviour needs; an address without a page of its own gets the home page's bytes."""
        found = page or self._renderer.page(site, "/")
        if found is None:
            raise LookupError(f"{site.host} has no home page")
        other = refuge(self._plan.sites, site, column, self._faults)
        return Case(self._renderer, site, column, asked, found, other[0].url(other[1]) if other else None)

    def _of_wechat(self, asked: Asked) -> bytes | Slow:
        if asked.target.startswith(CAPTCHA_PATH):
            return notice(STATES["captcha_redirect"])
        account = self._accounts.get(asked.target.split("?")[0])
        return notice(STATES["expired"]) if account is None else wechat_answer(self._plan, account)


def _ask(asked: Asked) -> Ask:
    """The request as a column's source sees it: fields in UTF-8, as browsers send them."""
    path, _, query = asked.target.partition("?")
    form = asked.body.decode("latin-1") if asked.method == "POST" else ""
    fields = dict(parse_qsl(query, keep_blank_values=True)) | dict(parse_qsl(form, keep_blank_values=True))
    return Ask(asked.method, path, fields, asked.headers)


def _thinking(data: bytes, seconds: float) -> Slow:
    async def slow(connection: Connection) -> bool:
        await asyncio.sleep(seconds)
        await connection.send(data)
        return True

    return slow


def _same(page: Page, asked: Asked) -> bool:
    """Whether the client already has this page."""
    tag = asked.headers.get("if-none-match")
    if tag is not None:
        return page.etag is not None and page.etag in tag
    return page.modified is not None and asked.headers.get("if-modified-since") == page.modified


def _not_modified(page: Page) -> bytes:
    return answer(304, b"", [row for row in page.headers if row[0] in ("ETag", "Last-Modified")], None)
