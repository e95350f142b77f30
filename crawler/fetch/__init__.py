"""Talks to servers. Never raises for what one does: every Ask ends in an Answer with an outcome."""

from crawler.fetch.exchange import Answer, Ask
from crawler.fetch.session import Fetcher
from crawler.fetch.settings import FetchSettings

__all__ = ["Answer", "Ask", "FetchSettings", "Fetcher"]
