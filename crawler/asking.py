"""A Fetcher that sends headers of its own, or a form: interfaces behind column pages ask for a Referer, some for a POST.

It shares everything with the fetcher it is made of (connections, resolver, guard, what is remembered of hosts); only what
goes into the request is its own. Made for one want, and thrown away.
"""

from collections.abc import Mapping
from typing import Any, Final, cast
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from crawler.fetch import Fetcher
from crawler.fetch.course import Course
from crawler.fetch.exchange import Answer
from crawler.fetch.retry import Fetches
from crawler.read.wants import Want

_FORM: Final = "application/x-www-form-urlencoded; charset=UTF-8"


def fetcher_for(fetcher: Fetches, want: Want) -> Fetches:
    """The fetcher that makes this want's request: `fetcher` itself where it is a plain GET."""
    if want.method == "GET" and not want.headers:
        return fetcher
    if isinstance(fetcher, Fetcher):
        return _Dressed(fetcher, want)
    dress = getattr(fetcher, "dressed", None)
    return cast(Fetches, dress(want)) if dress is not None else fetcher


class _Dressed(Fetcher):
    def __init__(self, worn: Fetcher, want: Want) -> None:
        self.__dict__.update(vars(worn))
        self._headers = {**worn._headers, **dict(want.headers)}
        self._posts = want.method == "POST"
        if worn._session is not None:
            self._session = cast(aiohttp.ClientSession, _Session(worn._session, want))

    async def _leniently(self, course: Course, url: str) -> Answer | None:
        """Our own reader only makes GET requests: a form is not sent that way."""
        return None if self._posts else await super()._leniently(course, url)


class _Session:
    """The part of a ClientSession that a Fetcher uses, with the want's method, headers and form."""

    def __init__(self, session: aiohttp.ClientSession, want: Want) -> None:
        self._session, self._method = session, want.method
        self._headers = dict(want.headers)
        self._data: bytes | None = None
        if want.method == "POST":
            self._headers["Content-Type"] = _FORM
            self._data = urlencode(want.form).encode()

    @property
    def closed(self) -> bool:
        return self._session.closed

    async def get(self, url: URL, *, headers: Mapping[str, str] | None, **options: Any) -> aiohttp.ClientResponse:
        worn = {**(headers or {}), **self._headers}
        return await self._session.request(self._method, url, headers=worn, data=self._data, **options)
