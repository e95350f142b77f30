"""The second try at once: when, how often, and how it is counted."""

import asyncio

import pytest

from crawler.fetch import Answer, Ask
from crawler.fetch.retry import PAUSE_S, fetch_twice
from tests.crawler.fetch.wire import fetcher_for, page, url

ASK = Ask("http://www.example.gov.cn/")
OK = Answer(ASK.url, "ok", status=200, body=b"list", elapsed_s=0.1)
RESET = Answer(ASK.url, "connect", "reset", elapsed_s=0.2, requests=2)


class Script:
    """A fetcher that gives one prepared answer after the other, and remembers what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[Ask] = []
        self.pauses: list[float] = []

    async def fetch(self, ask: Ask) -> Answer:
        self.asked.append(ask)
        return self.answers.pop(0)

    async def wait(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        return True


async def test_a_page_that_comes_is_fetched_once() -> None:
    script = Script(OK)
    assert await fetch_twice(script, ASK, script.wait) == (OK, 1)
    assert script.pauses == []


TRANSIENT = {
    "reset": RESET,
    "closed": RESET._replace(reason="closed"),
    "servfail": Answer(ASK.url, "inconclusive", "servfail"),
    "502": OK._replace(status=502),
    "504": OK._replace(status=504),
    "502 that asks for a second": OK._replace(status=502, retry_after_s=1.0),
}


@pytest.mark.parametrize("case", TRANSIENT)
async def test_a_failure_that_passes_is_tried_once_more(case: str) -> None:
    first = TRANSIENT[case]
    script = Script(first, OK)
    answer, attempts = await fetch_twice(script, ASK, script.wait)
    pause = max(PAUSE_S, first.retry_after_s or 0.0)
    assert (answer.outcome, answer.body, attempts) == ("ok", b"list", 2)
    assert answer.requests == first.requests + OK.requests
    assert answer.elapsed_s == pytest.approx(first.elapsed_s + OK.elapsed_s)
    assert script.pauses == [pause]
    assert script.asked[1].deadline_s == pytest.approx(ASK.deadline_s - first.elapsed_s)


LASTING = {
    "refused": RESET._replace(reason="refused"),
    "timeout": Answer(ASK.url, "timeout", "first_byte"),
    "nxdomain": Answer(ASK.url, "dns", "nxdomain"),
    "404": OK._replace(status=404),
    "503": OK._replace(status=503),
    "502 that asks for a minute": OK._replace(status=502, retry_after_s=60.0),
    "no time left": RESET._replace(elapsed_s=29.6),
}


@pytest.mark.parametrize("case", LASTING)
async def test_any_other_failure_stands(case: str) -> None:
    script = Script(LASTING[case])
    assert await fetch_twice(script, ASK, script.wait) == (LASTING[case], 1)
    assert script.pauses == []


async def test_a_failure_that_comes_back_is_the_answer_of_two_attempts() -> None:
    script = Script(RESET, RESET._replace(reason="closed"))
    answer, attempts = await fetch_twice(script, ASK, script.wait)
    assert (answer.outcome, answer.reason, answer.requests, attempts) == ("connect", "closed", 4, 2)
    assert not script.answers


async def test_where_no_request_may_start_any_more_the_first_answer_stands() -> None:
    async def over(seconds: float) -> bool:
        return False

    script = Script(RESET, OK)
    assert await fetch_twice(script, ASK, over) == (RESET, 1)
    assert script.asked == [ASK]


async def test_what_the_wait_raises_passes_through() -> None:
    async def broken(seconds: float) -> bool:
        raise KeyError("stop")

    with pytest.raises(KeyError):
        await fetch_twice(Script(RESET, OK), ASK, broken)


async def test_many_at_once_do_not_mix_their_answers() -> None:
    scripts = [Script(RESET, OK._replace(body=b"%d" % n)) for n in range(100)]
    got = await asyncio.gather(*(fetch_twice(script, ASK, script.wait) for script in scripts))
    assert [answer.body for answer, _ in got] == [b"%d" % n for n in range(100)]


async def test_a_bad_gateway_is_asked_again_over_the_wire() -> None:
    steps = iter([[page(b"down", status="502 Bad Gateway")], [page(b"list")]])
    script = Script()
    async with fetcher_for({"/": lambda: next(steps)}) as (fetcher, wire):
        answer, attempts = await fetch_twice(fetcher, Ask(url()), script.wait)
    assert (answer.status, answer.body, attempts) == (200, b"list", 2)
    assert len(wire.requests) == 2
