"""What would be read from this page, and why: the winner, its raw text, and one reason per loser.

URL-or-FILE is a saved page or an address that is asked once, now.
"""

import argparse
from pathlib import Path

import uvloop

from crawler.fetch import Answer, Ask, Fetcher
from crawler.judge import Look, judge
from crawler.outcomes import OUTCOMES
from crawler.read import Found, Page, read
from crawler.read.page import KIND_NAMES
from scheduler.commands.read import moment
from scheduler.errors import Refused
from scheduler.options import fetch_options, fetch_settings, printable

MOST_LINES = 30
MOST_HOPS = 5


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("page", metavar="URL-or-FILE")
    parser.add_argument("--kind", choices=sorted(KIND_NAMES), default="column")
    parser.add_argument("--url", help="the address of a saved page")
    parser.add_argument("--now", help="the day or instant of the look (default: now)")
    fetch_options(parser)


def run(options: argparse.Namespace) -> int:
    answer = uvloop.run(_ask(options)) if "://" in options.page else _saved(options)
    try:
        now = moment(options.now)
    except ValueError as error:
        raise Refused(f"--now {options.now!r} is no day or instant; write it like 2026-11-22") from error
    look = Look(options.url or answer.url, KIND_NAMES[options.kind], now)
    judged = judge(answer, look)
    lines = [f"page      {answer.url} ({len(answer.body)} bytes, status {answer.status}, {judged.charset or 'no text'})"]
    lines.append(
        f"outcome   {judged.outcome}" + (f" / {judged.reason}: {_why(judged.outcome, judged.reason)}" if judged.reason else "")
    )
    reading = judged.reading
    lines.append(f"state     {reading.state}, {reading.items} items, {reading.dated} dated")
    if reading.newest:
        lines.append(f"newest    {reading.newest} ({reading.precision}, from {reading.source}), written {reading.text!r}")
        lines.append(f"title     {reading.title or '-'}")
    lines += [f"flag      {flag.name} {flag.evidence}" for flag in judged.flags]
    if answer.outcome == "ok":
        page = Page(answer.body, look.url, now, look.kind, answer.content_type)
        lines += _weighed(read(page, trace=True), MOST_LINES - len(lines) - 1)
    print("\n".join(printable(line, 200) for line in lines[:MOST_LINES]))
    return 0


def _weighed(found: Found, room: int) -> list[str]:
    """One line per group of rows that was weighed."""
    candidates = found.trace.candidates if found.trace else ()
    lines = [
        ("chosen    " if one.reason == "chosen" else f"not       {one.reason}: ")
        + f"{one.where}, {one.rows} rows, {one.dated} dated, newest {one.newest or '-'} {one.text!r}"
        for one in candidates
    ]
    return lines if len(lines) <= room else [*lines[: room - 1], f"          and {len(lines) - room + 1} more"]


def _why(outcome: str, reason: str) -> str:
    meaning = next((row for name, row in OUTCOMES.items() if name == outcome), None)
    return meaning.reasons.get(reason, "") if meaning else ""


def _saved(options: argparse.Namespace) -> Answer:
    path = Path(options.page)
    try:
        body = path.read_bytes()
    except OSError as error:
        raise Refused(f"{path} cannot be read ({error.strerror}); name a saved page or a URL with http://") from error
    return Answer(options.url or f"http://saved.invalid/{path.name}", "ok", status=200, headers={}, body=body)


async def _ask(options: argparse.Namespace) -> Answer:
    fetcher = Fetcher(fetch_settings(options))
    await fetcher.open()
    try:
        answer = await fetcher.fetch(Ask(options.page))
        for _ in range(MOST_HOPS):
            if not answer.location:
                break
            answer = await fetcher.fetch(Ask(answer.location))
        return answer
    finally:
        await fetcher.close()
