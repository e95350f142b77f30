"""A second try at once, for failures that are often gone a moment later. Never for probes: they have no hidden retry."""

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


class Fetches(Protocol):
    async def fetch(self, ask: Ask) -> Answer: ...


def is_transient(answer: Answer) -> bool:
    """May the same question have another answer in half a second?"""
    if answer.retry_after_s is not None and answer.retry_after_s > LONGEST_RETRY_AFTER_S:
        return False
    return (answer.outcome, answer.reason) in _TRANSIENT or answer.status in _TRANSIENT_STATUS


async def fetch_twice(
    fetcher: Fetches, ask: Ask, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> tuple[Answer, int]:
    """The answer, and the attempts it took (1 or 2), together within the ask's deadline.

    `requests` and `elapsed_s` of the answer are those of both attempts.
    """
    answer = await fetcher.fetch(ask)
    if answer.outcome == "ok" and answer.status not in _TRANSIENT_STATUS:
        return answer, 1
    pause = max(PAUSE_S, answer.retry_after_s or 0.0)
    left = ask.deadline_s - answer.elapsed_s - pause
    if left < PAUSE_S or not is_transient(answer):
        return answer, 1
    return await _again(fetcher, ask._replace(deadline_s=left), answer, pause, sleep)


async def _again(
    fetcher: Fetches, ask: Ask, first: Answer, pause: float, sleep: Callable[[float], Awaitable[None]]
) -> tuple[Answer, int]:
    """Tenacity's loop, begun with the failure that is there already."""
    answers: list[Answer] = []

    async def attempt() -> Answer:
        answers.append(await fetcher.fetch(ask) if answers else first)
        return answers[-1]

    def last(state: RetryCallState) -> Answer:
        return answers[-1]

    retrying = AsyncRetrying(
        retry=retry_if_result(is_transient),
        stop=stop_after_attempt(2),
        wait=lambda _: pause,
        sleep=sleep,
        retry_error_callback=last,
    )
    answer: Answer = await retrying(attempt)
    requests = sum(each.requests for each in answers)
    elapsed = first.elapsed_s + pause + answer.elapsed_s
    return answer._replace(requests=requests, elapsed_s=elapsed), len(answers)
