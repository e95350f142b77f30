"""How long one sweep over a province takes, against the least that politeness allows; and whether every promise is kept.

600 hosts behind 3 platforms (10 requests per second each) and 200 hosts of their own, 150 columns each, all due at once;
response times from 50 ms to 3 s drawn per host, 3 % of the hosts broken in every way; probes run beside. Simulated time.

Lower bound: the slowest sound host's visits at its own pace (response + gap), or the requests to the busiest platform at its
ceiling, whichever is longer; probes included. Judged by the servers' own log.
"""

import argparse
import tempfile
import time
from bisect import bisect_left
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from scheduler.calendar import Revisit
from scheduler.hosts import PlatformSettings
from scheduler.patrol import PatrolSettings
from scheduler.revisit import Policy
from scheduler.writer import Entry
from tests.benchmarks.simulated import GAP, Host, World, draw_hosts
from tests.scheduler.builders import START_MS
from tests.scheduler.virtual import run

CEILING = 10.0
PER_DAY = 26
MOST_S = 6 * 3600.0


class Result(NamedTuple):
    """Seconds are simulated but for cpu_s. gaps, ceilings: how often each was broken. late_s: of the latest probe.

    sweep_s: until the last column of a sound host; all_s: until the last of all, hosts that ask for patience included.
    """

    sweep_s: float
    all_s: float
    bound_s: float
    visits: int
    gaps: int
    ceilings: int
    probes: int
    late_s: float
    cpu_s: float


ANSWERING = frozenset({"fine", "huge", "redirects_away"})
"""Hosts of these kinds take a request for each of their columns; the others are left alone after a few."""


def bound_of(hosts: list[Host], columns: int) -> float:
    """The least a sweep can take, in seconds: of the slowest sound host, or of the busiest platform; probes included."""
    probes_per_s = PER_DAY / 86_400
    bound = 0.0
    behind: defaultdict[str, int] = defaultdict(int)
    for host in hosts:
        if host.fault in ANSWERING:
            behind[host.address] += 1
        if host.fault == "fine":
            step = host.response_s + GAP.after(host.response_s)
            bound = max(bound, (columns - 1) * step / (1.0 - probes_per_s * step))
    for address, count in behind.items():
        if not address.startswith("192."):
            bound = max(bound, count * columns / (CEILING - count * probes_per_s))
    return bound


async def sweep(folder: Path, hosts: list[Host], columns: int) -> Result:
    """All columns once."""
    revisit = Revisit(Policy(), PER_DAY)
    # what the platforms are was learned in earlier sweeps: the first requests of all are not what is measured here
    world = World(folder, hosts, columns, revisit, PatrolSettings(gap=GAP, platforms=PlatformSettings(CEILING)))
    world.ledger.transaction().executemany(
        "UPDATE hosts SET address = ? WHERE name = ?", ((host.address, host.name) for host in hosts)
    )
    left = {f"{host.name}/{number}" for host in hosts for number in range(columns)}
    sound = {host.name for host in hosts if host.fault == "fine"}
    left_sound = {key for key in left if key.partition("/")[0] in sound}
    sound_at = 0.0
    late: list[float] = []
    done_at = 0.0

    def on_line(entry: Entry) -> None:
        nonlocal done_at, sound_at
        if entry.line.kind == "probe":
            if entry.line.attempts:
                late.append(world.clock.now_ms() / 1000)
            return
        left.discard(entry.line.target)
        left_sound.discard(entry.line.target)
        if not left_sound and not sound_at:
            sound_at = world.clock.monotonic()
        if not left and not done_at:
            done_at = world.clock.monotonic()
            world.patrol.stop()

    world.writer.on_line = on_line
    begun = time.process_time()
    await world.patrol.run()
    cpu_s = time.process_time() - begun
    log = world.servers
    return Result(
        sweep_s=sound_at,
        all_s=done_at,
        bound_s=bound_of(hosts, columns),
        visits=len(hosts) * columns,
        gaps=gaps_broken(log.number, log.begun, log.ended),
        ceilings=ceilings_broken(hosts, log.number, log.begun),
        probes=len(late),
        late_s=world.metrics.latest_probe_s,
        cpu_s=cpu_s,
    )


def gaps_broken(numbers, begun, ended) -> int:  # type: ignore[no-untyped-def]
    """Requests to a host that began sooner than its gap after the end of the one before."""
    by_host: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
    for number, start, end in zip(numbers, begun, ended, strict=True):
        if number < 0:
            continue  # names that no host has
        by_host[number].append((start, end))
    broken = 0
    for spans in by_host.values():
        spans.sort()
        for (start, end), (after, _) in pairwise(spans):
            broken += after - end < GAP.after(end - start) - 1e-6
    return broken


def ceilings_broken(hosts: list[Host], numbers, begun) -> int:  # type: ignore[no-untyped-def]
    """Windows of 10 s, beginning with a request, that hold more requests to a platform than its ceiling allows."""
    by_address: defaultdict[str, list[float]] = defaultdict(list)
    for number, start in zip(numbers, begun, strict=True):
        if number >= 0 and not hosts[number].address.startswith("192."):
            by_address[hosts[number].address].append(start)
    broken = 0
    for starts in by_address.values():
        starts.sort()
        for index, start in enumerate(starts):
            broken += bisect_left(starts, start + 10.0) - index > 10 * CEILING
    return broken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--behind", type=int, default=200, help="hosts behind each of the three platforms")
    parser.add_argument("--alone", type=int, default=200)
    parser.add_argument("--columns", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    platforms = {f"198.51.100.{number}": options.behind for number in (1, 2, 3)}
    hosts = draw_hosts(options.seed, platforms, options.alone, 0.03)
    with tempfile.TemporaryDirectory() as folder:
        result = run(sweep(Path(folder), hosts, options.columns))
    print(f"{len(hosts)} hosts × {options.columns} columns, seed {options.seed}, from {START_MS}")
    print(f"sweep {result.sweep_s:,.0f} s, lower bound {result.bound_s:,.0f} s: ratio {result.sweep_s / result.bound_s:.3f}")
    print(f"the broken hosts too: {result.all_s:,.0f} s")
    print(f"gaps undercut {result.gaps}, 10 s windows over a platform's ceiling {result.ceilings}")
    print(f"{result.probes} probes, the latest {result.late_s:.1f} s after its due time")
    print(f"CPU {result.cpu_s:.1f} s, {result.cpu_s / result.visits * 1e6:.0f} µs per visit (reading and simulation included)")


if __name__ == "__main__":
    main()
