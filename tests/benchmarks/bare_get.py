"""The yardstick: aiohttp and uvloop asking every page once, reading the body, and doing nothing with it.

`python -m tests.benchmarks.bare_get PORT HOSTS COLUMNS` prints the pages per CPU-second of this process.
"""

import asyncio
import os
import sys

import aiohttp
import uvloop

AT_ONCE = 100


async def main(port: int, hosts: int, columns: int) -> None:
    urls = iter([f"http://127.0.0.1:{port}/h{host}/c{column}/" for column in range(columns) for host in range(hosts)])
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def work() -> int:
            size = 0
            for url in urls:
                async with session.get(url) as response:
                    size += len(await response.read())
            return size

        begun = os.times()
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        ended = os.times()
    print(f"{hosts * columns / (ended.user + ended.system - begun.user - begun.system):.0f}")


if __name__ == "__main__":
    uvloop.run(main(*map(int, sys.argv[1:4])))
