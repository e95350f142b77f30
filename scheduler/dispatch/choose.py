"""Which way rounds travel."""

from collections.abc import Mapping

from crawler.fetch import FetchSettings
from crawler.visit import Crawler
from scheduler.dispatch import DEFAULT_VANTAGE, Dispatch
from scheduler.dispatch.inline import Inline
from scheduler.dispatch.processes import Processes


def make_dispatch(settings: FetchSettings | Mapping[str, FetchSettings], workers: int) -> Dispatch:
    """`workers` crawler processes per vantage, or crawlers on our own loop for 0.

    `settings` by vantage, the default one first; or those of the only one.
    """
    vantages = settings if isinstance(settings, Mapping) else {DEFAULT_VANTAGE: settings}
    if workers:
        return Processes(vantages, workers)
    return Inline({vantage: Crawler.of(each) for vantage, each in vantages.items()})
