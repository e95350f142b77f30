"""Every asynchronous test runs on uvloop, as the program does, and may leave no task behind."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
import uvloop
from hypothesis import settings

settings.register_profile("shared machine", deadline=None, max_examples=60)
settings.load_profile("shared machine")


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"uvloop": uvloop.new_event_loop}


@pytest_asyncio.fixture
async def task_watch() -> AsyncIterator[None]:
    """Fails a test that leaves tasks running: pytest-asyncio would cancel them without a word."""
    yield
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if left:
        pytest.fail(f"{len(left)} tasks were left running: {', '.join(sorted(repr(task.get_coro()) for task in left))}")


@pytest.fixture(autouse=True)
def no_leaked_tasks(request: pytest.FixtureRequest) -> None:
    """Set up before all other fixtures and so torn down behind them; tests that are not asynchronous need no loop."""
    if inspect.iscoroutinefunction(getattr(request, "function", None)):
        request.getfixturevalue("task_watch")
