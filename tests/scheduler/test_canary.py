"""Whether we ourselves can see: canaries, the echo on loopback, open files. The echo's tests use real sockets."""

import asyncio
from collections.abc import Callable
from typing import cast

import pytest

from crawler.records import Handover, Outcome, Progress, Sighting, Visit
from scheduler.asides import Asides, Told
from scheduler.canary import AGAIN_S, Canaries, Echo, descriptors_free
from scheduler.doubt import Doubt
from scheduler.metrics import Metrics
from tests.scheduler.builders import START_MS
from tests.scheduler.station import seconds
from tests.scheduler.virtual import VirtualClock, run

URLS = ("http://one.test/", "http://two.test/path")
ANSWER = Sighting(1, 0, START_MS, "ok", status=200)


# ---- the echo ----


async def test_the_echo_comes_back_over_loopback() -> None:
    echo = Echo()
    await echo.open()
    try:
        assert await echo.ask()
        assert all(await asyncio.gather(*(echo.ask() for _ in range(20))))
    finally:
        await echo.close()


async def test_an_echo_whose_server_is_gone_is_silent() -> None:
    echo = Echo()
    await echo.open()
    sockets = echo._server.sockets if echo._server else ()
    host, port = sockets[0].getsockname()[:2]
    await echo.close()
    other = await asyncio.start_server(lambda reader, writer: writer.close(), host, port)
    try:
        echo._server = other
        assert not await echo.ask()
    finally:
        other.close()
        await other.wait_closed()


async def test_an_echo_that_says_something_else_is_no_echo() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"something else")
        await writer.drain()
        writer.close()

    echo = Echo()
    echo._server = await asyncio.start_server(babble, "127.0.0.1", 0)
    try:
        assert not await echo.ask()
    finally:
        await echo.close()


async def test_a_client_that_hangs_up_does_not_disturb_the_echo() -> None:
    echo = Echo()
    await echo.open()
    try:
        assert echo._server is not None
        host, port = echo._server.sockets[0].getsockname()[:2]
        _, writer = await asyncio.open_connection(host, port)
        writer.close()
        assert await echo.ask()
    finally:
        await echo.close()


def test_most_of_our_open_files_are_free() -> None:
    assert 0.1 < descriptors_free() <= 1.0


def test_open_files_count(tmp_path: object) -> None:
    before = descriptors_free()
    files = [open("/dev/null") for _ in range(20)]  # noqa: SIM115, PTH123
    try:
        assert descriptors_free() < before
    finally:
        for file in files:
            file.close()


# ---- the canaries ----


class FakeEcho(Echo):
    def __init__(self, works: bool = True) -> None:
        super().__init__()
        self.works, self.opened = works, 0

    async def open(self) -> None:
        self.opened += 1

    async def close(self) -> None:
        self.opened -= 1

    async def ask(self) -> bool:
        return self.works


class Asked:
    """Stands for Asides: answers each request as told, at once, and notes when it was asked."""

    def __init__(self, answer: Sighting | Handover | None) -> None:
        self.answer = answer
        self.at: list[tuple[float, str, str]] = []

    def ask(self, host: str, visit: Visit, told: Told, vantage: str | None = None) -> None:
        self.at.append((seconds(), host, visit.url))
        told(self.answer)


class Post:
    def __init__(self, answer: Sighting | Handover | None, every_s: float = 15.0, works: bool = True) -> None:
        self.asked, self.echo, self.metrics = Asked(answer), FakeEcho(works), Metrics()
        self.doubt = Doubt(URLS, every_s)
        self.canaries = Canaries(URLS, every_s, cast(Asides, self.asked), self.doubt, VirtualClock(), self.metrics, self.echo)

    def up(self, name: str) -> float | None:
        return self.metrics.registry.get_sample_value("xunwang_canary_up", {"canary": name})

    def watch(self, till_s: float, meanwhile: Callable[[], None] = lambda: None) -> None:
        async def main() -> None:
            task = asyncio.ensure_future(self.canaries.run())
            await asyncio.sleep(till_s / 2)
            meanwhile()
            await asyncio.sleep(till_s / 2)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        run(main())


def test_every_canary_is_asked_every_period() -> None:
    post = Post(ANSWER)
    post.watch(50)
    assert [(round(at), host) for at, host, _ in post.asked.at] == [
        (at, host) for at in (0, 15, 30, 45) for host in ("one.test", "two.test")
    ]


def test_canaries_are_asked_sooner_when_a_failure_waits_but_never_in_a_rush() -> None:
    post = Post(ANSWER)

    def impatient() -> None:
        for _ in range(100):
            post.canaries.ask_soon()

    post.watch(40, impatient)
    at = sorted({moment for moment, *_ in post.asked.at})
    assert any(19.9 <= moment <= 20.0 + AGAIN_S for moment in at)
    assert len(at) <= 5


@pytest.mark.parametrize(
    ("answer", "up"),
    [
        (ANSWER, 1.0),
        (Sighting(1, 0, START_MS, "http_error", status=500), 1.0),
        (Handover(1, 0, "http://www.one.test/", Progress(START_MS)), 1.0),
        (Sighting(1, 0, START_MS, "timeout"), 0.0),
        (Sighting(1, 0, START_MS, "dns", "nxdomain"), 0.0),
        (None, 0.0),
    ],
)
def test_any_http_answer_is_a_good_one_and_silence_is_not(answer: Sighting | Handover | None, up: float) -> None:
    post = Post(answer)
    post.watch(5)
    assert (post.up("one.test"), post.up("two.test"), post.up("loopback")) == (up, up, 1.0)


def test_canaries_that_are_silent_say_that_the_trouble_is_ours() -> None:
    outcome: Outcome = "timeout"
    post = Post(Sighting(1, 0, START_MS, outcome))
    reasons: list[str | None] = []
    post.watch(40, lambda: reasons.append(post.doubt.troubled(seconds())))
    assert reasons == ["canary"]


def test_an_echo_that_is_silent_says_that_nothing_can_be_trusted() -> None:
    post = Post(ANSWER, works=False)
    judged: list[object] = []
    post.watch(40, lambda: judged.append(post.doubt.judge(10.0, 14.0, seconds())))
    assert post.up("loopback") == 0.0
    assert getattr(judged[0], "reason", None) == "local_network"


def test_the_echo_is_closed_when_the_watch_ends() -> None:
    post = Post(ANSWER)
    post.watch(5)
    assert post.echo.opened == 0
