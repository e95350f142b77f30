"""Pages as bytes, kept for one served day: the healthy part of the province."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from province import pages
from province.answers import Header, answer, content_type, encoded, etag, http_date
from province.chrome import Chrome, chrome
from province.deliveries import DELIVERIES, Ask, Reply, Scene
from province.listing import Listing, listing
from province.marks import MARKS
from province.model import Column, Plan, Site

MOST_KEPT: Final = 256 * 1024 * 1024
"""Bytes of rendered answers kept; past that all are dropped and made again."""


@dataclass(frozen=True)
class Page:
    """A page's body, and the whole answer with it."""

    body: bytes
    headers: tuple[Header, ...]
    answer: bytes
    etag: str | None
    modified: str | None

    @property
    def content_type(self) -> str:
        return dict(self.headers).get("Content-Type", "")


class Renderer:
    """Renders the pages of a plan for the served moment; `moment` may only be changed through `turn`."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.moment = plan.now
        self._pages: dict[tuple[str, str], Page] = {}
        self._kept = 0
        self._chrome: dict[str, Chrome] = {}
        self._paths: dict[str, dict[str, Column]] = {}
        self._articles: dict[str, dict[str, tuple[Column, int]]] = {}

    def turn(self, moment: datetime) -> None:
        """Serves `moment` from now on: what was rendered for another day is dropped."""
        self.moment = moment
        self._drop()
        self._chrome.clear()
        self._articles.clear()

    def listing(self, site: Site, column: Column) -> Listing:
        return listing(self.plan, site, column, self.moment)

    def page(self, site: Site, path: str) -> Page | None:
        """The page at `path` (with its query) of `site`, or None where there is none."""
        key = (site.host, path)
        found = self._pages.get(key)
        if found is None:
            reply = self._reply(site, path)
            if reply is None:
                return None
            found = self._page(site, reply)
            if self._kept > MOST_KEPT:
                self._drop()
            self._pages[key] = found
            self._kept += len(found.answer) + len(found.body)
        return found

    def source(self, site: Site, ask: Ask) -> Page | None:
        """What a column's own source (an API, a frame) answers to `ask`, or None where it is nobody's address."""
        for column in site.columns:
            reply = DELIVERIES[column.delivery].answer(self._scene(site, column), ask) if column.delivery != "page" else None
            if reply is not None:
                return self._page(site, reply)
        return None

    def columns(self, site: Site) -> dict[str, Column]:
        """The site's columns by path."""
        if site.host not in self._paths:
            self._paths[site.host] = {row.path: row for row in site.columns}
        return self._paths[site.host]

    def _drop(self) -> None:
        self._pages.clear()
        self._kept = 0

    def _parts(self, site: Site) -> Chrome:
        if site.host not in self._chrome:
            self._chrome[site.host] = chrome(self.plan, site, self.moment)
        return self._chrome[site.host]

    def _scene(self, site: Site, column: Column) -> Scene:
        return Scene(site, column, self.listing(site, column), self.moment)

    def _reply(self, site: Site, path: str) -> Reply | None:
        if path in ("/", "/index.html"):
            blocks = pages.home_blocks(self.plan, site, self.moment)
            return Reply(pages.home_page(site, blocks, self._parts(site), self.moment), None)
        column = self.columns(site).get(path)
        if column is not None:
            return self._column(site, column)
        found = self._site_articles(site).get(path)
        if found is None:
            return None
        column, place = found
        item = self.listing(site, column).items[place]
        return Reply(pages.article_page(site, column, item, self._parts(site)), None)

    def _column(self, site: Site, column: Column) -> Reply:
        whole = DELIVERIES[column.delivery].whole
        if whole is not None:
            return whole(self._scene(site, column))
        text = pages.column_page(site, column, self.listing(site, column), self._parts(site), self.moment)
        return Reply(MARKS[column.mark].write(text, self.plan, site, column) if column.mark else text, None)

    def _site_articles(self, site: Site) -> dict[str, tuple[Column, int]]:
        """Article path -> its column and its place in the list."""
        if site.host not in self._articles:
            self._articles[site.host] = {
                item.path: (column, place)
                for column in site.columns
                for place, item in enumerate(self.listing(site, column).items)
            }
        return self._articles[site.host]

    def _page(self, site: Site, reply: Reply) -> Page:
        told = site.declaration
        body = encoded(reply.text, told.charset if reply.content_type is None else "utf-8")
        validators = site.validators if reply.status == 200 else frozenset()
        tag = etag(body) if "etag" in validators else None
        morning = datetime.combine(self.moment.date(), time(6), self.moment.tzinfo)
        modified = http_date(morning) if "modified" in validators else None
        headers: list[Header] = [("Content-Type", reply.content_type or content_type(told.header))]
        headers += [("ETag", tag)] if tag else []
        headers += [("Last-Modified", modified)] if modified else []
        return Page(body, tuple(headers), answer(reply.status, body, headers, None), tag, modified)
