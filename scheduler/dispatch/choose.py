"""Which way rounds travel."""

from crawler.fetch import Fetcher, FetchSettings
from crawler.visit import Crawler
from scheduler.dispatch import Dispatch
from scheduler.dispatch.inline import Inline
from scheduler.dispatch.processes import Processes


def make_dispatch(settings: FetchSettings, workers: int) -> Dispatch:
    """`workers` crawler processes, or the crawler on our own loop for 0."""
    if workers:
        return Processes(settings, workers)
    return Inline(Crawler(Fetcher(settings)))
