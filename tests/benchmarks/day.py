"""A day of a service whose house has every trouble, beside a day of the same province without: simulated time.

The province is in steady state (steady.py), a few of its hosts are broken in every way; three canaries stand outside it. In the
bad day the network is gone for two hours, then for 40 s, the disk is full, the program is killed and started again over its
ledger, and the wall clock jumps: 10 minutes back, a year ahead, and home again.

Judged: no sound host is ever said to be unopenable; nothing is made up for in one rush; every broken host is found; probes are
as many as promised; no visit is lost or made twice, by the accounting identity and by the lines' own names.
"""

import argparse
import logging
import math
from bisect import bisect_right
from collections import Counter
from typing import Final, NamedTuple

from tests.benchmarks.simulated import FAULTS, Host, draw_hosts
from tests.benchmarks.troubled import HOUR_S, YEAR_S, Result, Trouble, live

AROUND_S: Final = 2700.0
BAD_DAY: Final = (
    Trouble("network_gone", 2.0 * HOUR_S, 2 * HOUR_S),
    Trouble("network_gone", 7.5 * HOUR_S, 40.0),
    Trouble("disk_full", 10.0 * HOUR_S, 1200.0),
    Trouble("killed", 13.0 * HOUR_S, 300.0),
    Trouble("clock", 16.0 * HOUR_S, by_s=-600.0),
    Trouble("clock", 18.0 * HOUR_S, by_s=YEAR_S),
    Trouble("clock", 19.0 * HOUR_S, by_s=-YEAR_S),
)


def most_by_chance(mean: float, windows: int) -> float:
    """What independent visits of this mean exceed in any of so many windows with a chance of at most 1 %."""
    sigmas = math.sqrt(2 * math.log(windows / 0.01))
    return mean + sigmas * math.sqrt(mean)


class Rush(NamedTuple):
    """The window of a bad day in which most was asked, as a part of what is allowed.

    times: visits by the steady rate, which is the calm day's in the hour and a half around the same moment: looks are more in
    the evening, before the deadlines of midnight, and after it. allowed: 1.2 × steady, and chance on top.
    """

    at_s: float
    visits: int
    times: float
    allowed: float

    @property
    def kept(self) -> bool:
        return self.visits <= self.allowed


def worst_rush(calm: Result, bad: Result, width_s: float) -> Rush:
    """Of all windows of `width_s`, one beginning every half width."""
    steady = [line.at_s for line in calm.lines if line.asked]
    windows = bad.windows(width_s)
    rushes = []
    for index, visits in enumerate(windows):
        begin = index * width_s / 2
        middle = begin + width_s / 2
        since, until = max(0.0, middle - AROUND_S), min(calm.hours * HOUR_S, middle + AROUND_S)
        mean = (bisect_right(steady, until) - bisect_right(steady, since)) / (until - since) * width_s
        rushes.append(Rush(begin, visits, visits / mean, most_by_chance(1.2 * mean, len(windows))))
    return max(rushes, key=lambda rush: rush.visits / rush.allowed)


def a_province(count: int, broken: float, seed: int) -> list[Host]:
    """Hosts of their own, half of them behind two platforms; every way of being broken is there at least once."""
    hosts = draw_hosts(seed, {"198.51.100.1": count // 4, "198.51.100.2": count // 4}, count - 2 * (count // 4), broken)
    for number, fault in enumerate(FAULTS):
        hosts[number * 3] = hosts[number * 3]._replace(fault=fault)
    return hosts


def report(calm: Result, bad: Result) -> None:
    steady_s = len([line for line in calm.lines if line.asked]) / (calm.hours * HOUR_S)
    print(f"the calm day: {steady_s * 600:.1f} visits in 10 minutes, {steady_s * HOUR_S:.0f} an hour, as a mean")
    for width_s in (600.0, HOUR_S):
        rush = worst_rush(calm, bad, width_s)
        print(
            f"most in {width_s / 60:.0f} minutes: {rush.visits} = {rush.times:.2f} × steady, at {rush.at_s / HOUR_S:.2f} h",
            end="; ",
        )
        print(f"allowed 1.2 × steady and chance = {rush.allowed:.0f}: {'kept' if rush.kept else 'BROKEN'}", end=" ")
        print(f"(calm day {worst_rush(calm, calm, width_s).times:.2f} ×)")
    for name, result in (("calm", calm), ("bad", bad)):
        broken = sum(host.fault != "fine" for host in result.hosts)
        doubted = Counter(str(line.reason) for line in result.lines if line.outcome == "inconclusive")
        print(f"{name} day: {len(result.lines)} lines, CPU {result.cpu_s:.1f} s; inconclusive: {dict(doubted.most_common())}")
        print(f"  sound sites said to be unopenable: {len(result.accused)}", end="; ")
        print(f"broken sites found: {broken - len(result.unfound)} of {broken}", end="; ")
        print(f"probes that told something, per site: {min(result.probes.values())} to {max(result.probes.values())}")
        print(f"  visits written twice: {result.twice}; breaches of the accounts: {len(result.breaches)}")
        for finding in (*result.breaches[:3], *result.accused[:5], *result.unfound[:5]):
            print("  !", finding)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=240)
    parser.add_argument("--columns", type=int, default=100)
    parser.add_argument("--broken", type=float, default=0.03)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)  # the troubles are ours
    hosts = a_province(options.hosts, options.broken, options.seed)
    print(f"{options.hosts} hosts × {options.columns} columns and probes, seed {options.seed}, 24 simulated hours twice")
    calm = live(hosts, options.columns, (), 24.0, options.seed)
    bad = live(hosts, options.columns, BAD_DAY, 24.0, options.seed)
    report(calm, bad)


if __name__ == "__main__":
    main()
