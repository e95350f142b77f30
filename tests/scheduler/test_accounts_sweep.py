"""A sweep over accounts behind platforms and bridges: as fast as politeness allows, and no key asked sooner than its gap."""

from pathlib import Path

from tests.benchmarks.accounts import KEYS, NOBODYS, sweep
from tests.scheduler.virtual import run

FEW = tuple(key._replace(accounts=max(3, key.accounts // 30)) for key in KEYS)


def test_a_sweep_over_accounts_takes_what_its_busiest_key_needs_and_breaks_no_gap(tmp_path: Path) -> None:
    result = run(sweep(tmp_path, FEW))
    assert result.gaps_broken == 0
    assert result.least_s <= result.sweep_s <= result.least_s * 1.05 + 2
    assert result.accounts == sum(key.accounts for key in FEW)


def test_every_account_costs_one_request_to_its_own_key_and_those_of_nobody_none(tmp_path: Path) -> None:
    result = run(sweep(tmp_path, FEW))
    assert dict(result.requests) == {key.name: key.accounts for key in FEW if key.name != NOBODYS}
    assert result.done_s[NOBODYS] < 5


def test_accounts_behind_one_bridge_wait_for_it_and_for_no_other_key(tmp_path: Path) -> None:
    few = tuple(key._replace(accounts=40 if key.name == "hub" else 3) for key in FEW)
    result = run(sweep(tmp_path, few))
    assert result.done_s["hub"] >= result.bound_s["hub"]
    assert max(took for name, took in result.done_s.items() if name != "hub") < 0.3 * result.done_s["hub"]
