"""A province in steady state: every column at the interval it would have settled at, anywhere within it, and known.

Columns get news at rates drawn per column, from twice a day to once in 400 days; what a page shows follows the simulated time.
"""

from bisect import bisect_right
from datetime import datetime
from functools import cache
from random import Random
from typing import Final, NamedTuple

import msgspec

from crawler.records import BEIJING, ColumnPart, Reading
from scheduler.deadlines import DAY_MS
from scheduler.ledger import Ledger
from scheduler.revisit import Policy
from scheduler.state import State, encode_state, item_key, remember
from tests.benchmarks.simulated import Host
from tests.scheduler.builders import START_MS

ROWS: Final = 6
MIX: Final = {"news": 60, "notice": 40, "policy": 20, "personnel": 16, "plan": 10, "other": 24}
"""How many columns of a category a site of 170 has."""

DAYS_BETWEEN_UPDATES: Final = (0.5, 2.0, 6.0, 25.0, 400.0)


class Column(NamedTuple):
    """category, and when its first item of all, and each after it, was published (ms since the epoch)."""

    key: str
    category: str
    every_ms: int
    phase_ms: int

    def published(self, at_ms: int) -> int:
        """How many items it has ever had by then."""
        return (at_ms - self.phase_ms) // self.every_ms + 1

    def item(self, number: int) -> tuple[str, str, str]:
        """(title, path, day) of an item."""
        day = datetime.fromtimestamp((self.phase_ms + (number - 1) * self.every_ms) / 1000, BEIJING).date().isoformat()
        return f"关于做好第{number}次检查工作的通知（{self.key}）", f"/t{number}.html", day


def draw_columns(hosts: list[Host], columns: int, seed: int) -> dict[str, Column]:
    """By target key, which is also the URL without its scheme."""
    chance = Random(seed)
    drawn = {}
    for host in hosts:
        for number in range(columns):
            category = chance.choices(list(MIX), list(MIX.values()))[0]
            every = int(chance.choice(DAYS_BETWEEN_UPDATES) * DAY_MS)
            phase = START_MS - int((20 + chance.random()) * every)
            key = f"{host.name}/{number}"
            drawn[key] = Column(key, category, every, phase)
    return drawn


class Pages:
    """What the hosts show: the last items of each column."""

    def __init__(self, columns: dict[str, Column]) -> None:
        self._columns = columns
        self._home = page_of(())

    def page(self, url: str, at_ms: int) -> bytes:
        column = self._columns.get(url.removeprefix("http://"))
        return page_of_column(column, column.published(at_ms)) if column else self._home


@cache
def page_of_column(column: Column, published: int) -> bytes:
    return page_of(tuple(column.item(number) for number in range(published, published - ROWS, -1)))


def page_of(items: tuple[tuple[str, str, str], ...]) -> bytes:
    """A small list page; without items, a home page."""
    rows = "".join(f'<li><a href="{path}">{title}</a><span>{day}</span></li>' for title, path, day in items)
    body = f'<ul class="list">{rows}</ul>' if items else "<h1>某市人民政府</h1><p>欢迎访问</p>"
    return f"<html><head><title>c</title></head><body>{body}</body></html>".encode()


def settle(ledger: Ledger, hosts: list[Host], columns: dict[str, Column], policy: Policy, seed: int) -> None:
    """Give every column of `ledger` its category and the state it would have after weeks; probes stay as they are."""
    chance = Random(seed)
    broken = {host.name for host in hosts if host.fault != "fine"}
    connection = ledger.transaction()
    rows = connection.execute("SELECT id, key FROM targets WHERE kind = 'column'").fetchall()
    parts, states = [], []
    for identifier, key in rows:
        column = columns[key]
        interval = policy.interval_ms(column.category, column.every_ms)
        due = START_MS + int(chance.random() * interval)
        seen_ms = due - interval
        state = _state(column, due - interval, seen_ms, interval, 5 * (key.partition("/")[0] in broken))
        part = msgspec.json.encode(ColumnPart("c", column.category, True))  # type: ignore[arg-type]
        parts.append((column.category, part, identifier))
        states.append((encode_state(state), due, identifier))
    connection.execute("BEGIN")
    connection.executemany("UPDATE targets SET category = ?, part = ? WHERE id = ?", parts)
    connection.executemany("UPDATE states SET state = ?, due = ? WHERE id = ?", states)
    connection.execute("COMMIT")


def _state(column: Column, due_ms: int, at_ms: int, interval_ms: int, failures: int) -> State:
    published = column.published(at_ms)
    shown = [column.item(number) for number in range(published, published - ROWS, -1)]
    newest, oldest = shown[0][2], shown[-1][2]
    reading = Reading("list", newest=newest, precision="day", source="row", items=ROWS, dated=ROWS, oldest=oldest)
    host = column.key.partition("/")[0]
    known = remember(b"", [item_key(title, f"http://{host}{path}") for title, path, _ in shown], at_ms)
    return State(
        due_ms,
        at_ms,
        "ok",
        "0",
        1,
        "",
        msgspec.json.encode(reading),
        known,
        failures=failures,
        looked=True,
        interval_ms=interval_ms,
    )


def windows_of(times: list[float], width_s: float, until_s: float) -> list[int]:
    """How many of the sorted `times` fall in each window of `width_s` from 0, one beginning every half width."""
    edges = [index * width_s / 2 for index in range(int(until_s / width_s * 2) - 1)]
    return [bisect_right(times, edge + width_s) - bisect_right(times, edge) for edge in edges]
