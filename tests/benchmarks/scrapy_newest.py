"""The other yardstick: Scrapy doing only the newest-date job on the same pages.

`python scrapy_newest.py PORT HOSTS COLUMNS` prints the pages per CPU-second of this process. Run by the Python of an
environment that has Scrapy (tests/benchmarks/scrapy.lock); nothing else of the project needs it.
"""

import os
import sys
from collections.abc import Iterator
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess

PORT, HOSTS, COLUMNS = map(int, sys.argv[1:4])


class Newest(scrapy.Spider):  # type: ignore[misc]
    name = "newest"
    start_urls = [f"http://127.0.0.1:{PORT}/h{host}/c{column}/" for host in range(HOSTS) for column in range(COLUMNS)]  # noqa: RUF012

    def parse(self, response: Any) -> Iterator[dict[str, object]]:
        dates = response.css("ul.list-ul li span.date::text").getall()
        yield {"url": response.url, "newest": max(dates)}


process = CrawlerProcess(
    {
        "LOG_ENABLED": False,
        "CONCURRENT_REQUESTS": 100,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 100,
        "DOWNLOAD_DELAY": 0,
        "ROBOTSTXT_OBEY": False,
        "TELNETCONSOLE_ENABLED": False,
    }
)
process.crawl(Newest)
begun = os.times()
process.start()
ended = os.times()
print(f"{HOSTS * COLUMNS / (ended.user + ended.system - begun.user - begun.system):.0f}")
