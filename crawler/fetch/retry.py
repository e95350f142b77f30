"""A second try, for failures that are often gone a moment later. Never for probes: they have no hidden retry."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from tenacity import AsyncRetrying, RetryCallState, retry_if_result, stop_after_attempt

from crawler.fetch.exchange import Answer, Ask

PAUSE_S: Final = 0.5
LONGEST_RETRY_AFTER_S: Final = 2.0
"""A host that asks for more is left alone: the scheduler comes back later, and neither slot nor lane is held."""

_TRANSIENT: Final = frozenset(
    {("connect", "reset"), ("connect", "closed"), ("inconclusive", "servfail"), ("inconclusive", "resolver")}
)
_TRANSIENT_STATUS: Final = frozenset({502, 504})

Wait = Callable[[float], Awaitable[bool]]
"""Waits so many seconds at least, and as long as the host's pace asks for; False where no request may start any more."""


class Fetches(Protocol):
    async def fetch(self, ask: Ask) -> Answer: ...


class _NoTurn(Exception):
    """The second try may not be made."""


def is_transient(answer: Answer) -> bool:
    """May the same question have another answer in a moment?"""
    if answer.retry_after_s is not None and answer.retry_after_s > LONGEST_RETRY_AFTER_S:
        return False
    return (answer.outcome, answer.reason) in _TRANSIENT or answer.status in _TRANSIENT_STATUS


async def pause(seconds: float) -> bool:
    """The `Wait` of those who keep no pace."""
    await asyncio.sleep(seconds)
    return True


async def fetch_twice(fetcher: Fetches, ask: Ask, wait: Wait = pause) -> tuple[Answer, int]:
    """The answer, and the attempts it took (1 or 2), together within the ask's deadline; the pause between them is nobody's.

    `requests` and `elapsed_s` of the answer are those of both attempts. What `wait` raises passes through.
    """
    answer = await fetcher.fetch(ask)
    if answer.outcome == "ok" and answer.status not in _TRANSIENT_STATUS:
        return answer, 1
    left = ask.deadline_s - answer.elapsed_s
    if left < PAUSE_S or not is_transient(answer):
        return answer, 1
    return await _again(fetcher, ask._replace(deadline_s=left), answer, wait)


async def _again(fetcher: Fetches, ask: Ask, first: Answer, wait: Wait) -> tuple[Answer, int]:
    """Tenacity's loop, begun with the failure that is there already."""
    answers: list[Answer] = []

    async def attempt() -> Answer:
        answers.append(await fetcher.fetch(ask) if answers else first)
        return answers[-1]

    async def turn(seconds: float) -> None:
        if not await wait(seconds):
            raise _NoTurn

    def last(state: RetryCallState) -> Answer:
        return answers[-1]

    retrying = AsyncRetrying(
        retry=retry_if_result(is_transient),
        stop=stop_after_attempt(2),
        wait=lambda _: max(PAUSE_S, first.retry_after_s or 0.0),
        sleep=turn,
        retry_error_callback=last,
    )
    try:
        answer: Answer = await retrying(attempt)
    except _NoTurn:
        return first, 1
    requests = sum(each.requests for each in answers)
    elapsed = first.elapsed_s + answer.elapsed_s
    return answer._replace(requests=requests, elapsed_s=elapsed), len(answers)
