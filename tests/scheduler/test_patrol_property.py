"""Whatever crawlers do, the promises of the patrol hold."""

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.records import Gap, Visit
from scheduler.patrol import PatrolSettings
from scheduler.returns import MOST_HOPS
from tests.scheduler.builders import START_MS, bare, line_id
from tests.scheduler.field import DIE, HANG, LEAVE, SEE, Deed, Field, go
from tests.scheduler.virtual import run

HOSTS = ("a.test", "b.test", "c.test")
PLACES = (*HOSTS, "unheard-of.test")
SETTINGS = PatrolSettings(gap=Gap(1.0, 0.5, 2.0), rounds=2)
DEEDS = st.one_of(
    st.just(SEE),
    st.just(Deed("see", outcome="timeout")),
    st.just(DIE),
    st.just(HANG),
    st.just(LEAVE),
    st.sampled_from(PLACES).map(lambda host: go(f"http://{host}/on")),
)
HISTORIES = st.dictionaries(st.integers(0, 11), st.lists(DEEDS, max_size=6), max_size=8)


class Scripted:
    """Per target what happens on each giving out, then a plain look. A visit is left at most three times in a row."""

    def __init__(self, histories: dict[int, list[Deed]]) -> None:
        self.left = {f"t{number}": list(deeds) for number, deeds in histories.items()}

    def __call__(self, visit: Visit, host: str, before: int) -> Deed:
        deeds = self.left.get(visit.target)
        return deeds.pop(0) if deeds else SEE


@settings(max_examples=60)
@given(HISTORIES, st.sampled_from([None, "p"]))
def test_every_visit_ends_in_one_line_and_no_host_is_in_two_rounds(
    histories: dict[int, list[Deed]], platform: str | None
) -> None:
    with TemporaryDirectory() as folder:
        hosts = {host: [f"t{4 * index + number}" for number in range(4)] for index, host in enumerate(HOSTS)}
        field = Field(Path(folder), hosts, Scripted(histories), SETTINGS, platform)
        run(field.patrol.run())
        assert field.dispatch.complaints == []
        assert {target: len(outcomes) for target, outcomes in field.outcomes().items()} == dict.fromkeys(field.targets, 1)
        assert {line.id for line in field.lines} == {line_id(target, START_MS) for target in field.targets}
        assert field.patrol.in_flight == 0
        assert field.dispatch.most_at_once <= SETTINGS.rounds
        assert max(line.redirects for line in field.lines) <= MOST_HOPS + 1
        assert {key: due for (_, key), (due, _) in bare(field.ledger).items()} == dict.fromkeys(field.targets, START_MS)
        for host in PLACES:
            asked = [request for request in field.dispatch.requests if request.host == host]
            assert all(later.begun >= earlier.ended + 0.5 - 1e-6 for earlier, later in pairwise(asked))
        field.ledger.close()


@pytest.mark.parametrize("platform", [None, "p"])
def test_plain_looks_take_each_target_once(tmp_path: Path, platform: str | None) -> None:
    hosts = {host: [f"{host}{number}" for number in range(30)] for host in HOSTS}
    field = Field(tmp_path, hosts, settings=SETTINGS, platform=platform)
    run(field.run())
    assert sorted(request.target for request in field.dispatch.requests) == sorted(field.targets)
