"""Exceptions → outcome and reason: closed ones, and never against the site where the trouble may be ours."""

import asyncio
import errno
import ssl

import aiohttp
import pytest

from crawler.fetch import Ask
from crawler.fetch.connector import ConnectTooSlow
from crawler.fetch.course import TIMEOUTS, Course, Phase
from crawler.fetch.failures import failure_of
from crawler.fetch.guard import AddressForbidden
from crawler.fetch.resolve import NameFailure
from crawler.outcomes import OUTCOMES, valid_reason

ASK = Ask("http://www.example.gov.cn/", deadline_s=15.0)


def course() -> Course:
    task = asyncio.current_task()
    assert task is not None
    return Course(ASK, 10.0, task)


@pytest.mark.parametrize(
    ("number", "outcome", "reason"),
    [
        (errno.ECONNREFUSED, "connect", "refused"),
        (errno.ECONNRESET, "connect", "reset"),
        (errno.EHOSTUNREACH, "connect", "unreachable"),
        (errno.ETIMEDOUT, "timeout", "connect"),
        (errno.ENETUNREACH, "inconclusive", "local_network"),
        (errno.EMFILE, "inconclusive", "local_network"),
        (errno.EADDRNOTAVAIL, "inconclusive", "local_network"),
        (errno.EPERM, "inconclusive", "local_network"),
    ],
)
async def test_numbers_of_the_system_tell_whose_trouble_it_is(number: int, outcome: str, reason: str) -> None:
    assert failure_of(OSError(number, "text"), course()) == (outcome, reason)


ERRORS = [
    NameFailure("nxdomain"),
    NameFailure("not_confirmed"),
    NameFailure("servfail"),
    NameFailure("resolver"),
    NameFailure("no_address"),
    NameFailure("bad_url"),
    AddressForbidden("10.0.0.1"),
    ConnectTooSlow(),
    TimeoutError(),
    ssl.SSLError(1, "[SSL] odd"),
    aiohttp.InvalidURL("x"),
    aiohttp.NonHttpUrlClientError("x"),
    aiohttp.ServerDisconnectedError(),
    aiohttp.ClientPayloadError("x"),
    aiohttp.ClientOSError(errno.EPIPE, "x"),
    aiohttp.ClientConnectionError("x"),
    RuntimeError("unable to perform operation; the handler is closed"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: repr(error)[:50])
@pytest.mark.parametrize("phase", ["dns", "connect", "tls", "first_byte", "body"])
async def test_every_failure_has_a_closed_reason(error: Exception, phase: Phase) -> None:
    at = course()
    at.phase = phase
    failure = failure_of(error, at)
    assert failure is not None
    assert valid_reason(*failure)


async def test_an_error_that_no_server_causes_is_none_of_these() -> None:
    assert failure_of(KeyError("ours"), course()) is None


@pytest.mark.parametrize("phase", TIMEOUTS)
async def test_a_deadline_says_at_which_step_it_came(phase: Phase) -> None:
    at = course()
    at.phase, at.requests = phase, 1
    answer = at.timed_out()
    assert (answer.outcome, answer.reason) == TIMEOUTS[phase]
    assert valid_reason(answer.outcome, answer.reason)


async def test_a_deadline_that_rings_too_late_is_our_own_lag() -> None:
    at = course()
    at.phase, at.requests = "first_byte", 1
    at.begun -= ASK.deadline_s + 1.5
    answer = at.timed_out()
    assert (answer.outcome, answer.reason) == ("inconclusive", "loop_lag")


async def test_a_deadline_before_any_request_accuses_nobody() -> None:
    answer = course().timed_out()
    assert (answer.outcome, answer.reason, answer.requests) == ("inconclusive", "deadline", 0)
    assert OUTCOMES["inconclusive"].availability == "coverage"


async def test_a_connection_leaves_the_other_scheme_its_time() -> None:
    task = asyncio.current_task()
    assert task is not None
    assert Course(ASK, 10.0, task).connect_s == 10.0
    assert Course(ASK._replace(deadline_s=6.0), 10.0, task).connect_s == pytest.approx(4.0)
