"""What a fetch leaves behind: a connection keeps the context it was made in, and must not keep a page with it."""

import asyncio
from contextvars import copy_context

from crawler.fetch import Ask
from crawler.fetch.course import COURSE
from tests.crawler.fetch.test_source_address import choosy, fetching_from
from tests.crawler.fetch.wire import page, url


async def test_the_context_of_a_fetch_holds_neither_its_page_nor_its_connection() -> None:
    context = copy_context()
    async with choosy(page(b"hello"), only="127.0.0.1") as (port, _), fetching_from(None, port) as fetcher:
        task = asyncio.get_running_loop().create_task(fetcher.fetch(Ask(url())), context=context)
        assert (await task).body == b"hello"
        course = context[COURSE]
        assert (course.parts, course.handler, course.headers) == ([], None, None)
