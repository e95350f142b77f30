"""How long `xunwang check` takes per million observations, and how its memory grows with the length of the journal.

    python -m tests.benchmarks.checking [millions …]

Generates journals of so many million lines (1 and 2 where nothing is said) over one register: looks at 10,000 columns of 100
sites, their home pages and probes, and 500 accounts, with new items, unchanged pages, challenges and timeouts. Streams them to
a temporary folder in segments and removes them afterwards. Each check runs in a process of its own.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

from crawler.records import observation_id, stamp

SITES: Final = 100
COLUMNS: Final = 100
ACCOUNTS: Final = 500
SEGMENT_BYTES: Final = 64 * 1024 * 1024
END_MS: Final = 1_725_249_600_000  # 2024-09-02 12:00 in Beijing
STEP_MS: Final = 2 * 3_600_000
CATEGORIES: Final = ("news", "notice", "policy", "personnel", "plan", "other")

_CHECK: Final = """
import json, resource, sys, time
from pathlib import Path
from checker.moments import moment
from checker.rules import load_rules
from checker.run import Asked, Check
from checker.tally import Tallier
from checker.verdict import encode
begin = time.perf_counter()
check = Check(Asked(journal=Path(sys.argv[1]), moment=moment("2024-09-02T12:00"), rules=load_rules("national-2019")))
gathered = time.perf_counter() - begin
tallier, size = Tallier(), 0
for verdict in check.verdicts():
    tallier.add(verdict)
    size += len(encode(verdict))
tally = tallier.close()
print(json.dumps({
    "seconds": time.perf_counter() - begin, "gathered": gathered, "cpu": time.process_time(),
    "lines": check.evidence.counted.lines, "targets": len(check.evidence.facts), "verdict_bytes": size,
    "undetermined": tally.rules["W4a", "single_veto"].undetermined, "failed": tally.rules["columns", "note"].failed,
    "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
"""


def main() -> None:
    millions = [float(text) for text in sys.argv[1:]] or [1.0, 2.0]
    seen: list[tuple[float, float]] = []
    for million in millions:
        with tempfile.TemporaryDirectory() as name:
            begin = time.perf_counter()
            size = write_journal(Path(name), round(million * 1e6))
            print(f"{million:g} million lines, {size / 1e6:.0f} MB, written in {time.perf_counter() - begin:.0f} s", flush=True)
            found = _check(Path(name))
        count = found["lines"] / 1e6
        seen.append((count, found["peak_mib"]))
        print(
            f"  checked in {found['seconds']:.1f} s, {found['seconds'] / count:.1f} s per million "
            f"({found['cpu']:.1f} s of one core; reading {found['gathered']:.1f} s), peak {found['peak_mib']:.0f} MiB, "
            f"{found['targets']} targets, "
            f"{found['verdict_bytes'] / 1e6:.1f} MB of verdicts, {found['failed']} sites with late columns",
            flush=True,
        )
    if len(seen) > 1:
        (first, least), (last, most) = seen[0], seen[-1]
        print(f"memory grows by {(most - least) * 1.048576 / (last - first):.1f} MB per million lines")


def _check(folder: Path) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-c", _CHECK, str(folder)], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def write_journal(folder: Path, lines: int) -> int:
    """`lines` observations below `folder`/journal; returns their bytes."""
    journal = folder / "journal"
    journal.mkdir()
    total = number = size = 0
    file = None
    for line in observations(lines):
        if file is None or size >= SEGMENT_BYTES:
            if file is not None:
                file.close()
            number, size = number + 1, 0
            file = (journal / f"observations-{number:06d}.jsonl").open("wb", buffering=1 << 20)
        file.write(line)
        size += len(line)
        total += len(line)
    if file is not None:
        file.close()
    return total


def observations(count: int, seed: int = 1) -> Iterator[bytes]:
    """The last `count` looks up to T, oldest first: every target once a step, probes among them."""
    random = Random(seed)
    targets = [_target(number) for number in range(SITES * COLUMNS + 2 * SITES + ACCOUNTS)]
    steps = -(-count // len(targets))
    skipped = steps * len(targets) - count
    seq = 0
    for step in range(steps):
        at_ms = END_MS - (steps - step) * STEP_MS
        for number, target in enumerate(targets):
            if skipped:
                skipped -= 1
                continue
            seq += 1
            yield _line(target, number, seq, at_ms + number * 10, step, random)


def _target(number: int) -> tuple[str, str, str, str]:
    """(kind, key, subject as JSON, column as JSON)"""
    site = number % SITES
    code = f"51{site:08d}"
    subject = _json(
        {"code": code, "kind": "site", "name": f"测试县第{site}局网站", "unit": f"测试县第{site}局", "short": f"第{site}局"}
        | {"region": f"测试县{site % 10}", "level": "县级部门", "platform": None, "parent": None}
    )
    if number < SITES * COLUMNS:
        category = CATEGORIES[number // SITES % len(CATEGORIES)]
        column = {"name": f"栏目{number // SITES}", "category": category, "first_level": number % 3 == 0, "unit": None}
        return "column", f"{code}/c{number // SITES:03d}", subject, _json(column)
    if number < SITES * COLUMNS + 2 * SITES:
        return ("home" if number < SITES * COLUMNS + SITES else "probe"), f"{code}/@home", subject, "null"
    key = f"account{number:08d}"
    account = {"code": key, "kind": "account", "name": f"测试{number}", "unit": None, "platform": "今日头条", "parent": None}
    return "account", key, _json(account), "null"


def _line(target: tuple[str, str, str, str], number: int, seq: int, at_ms: int, step: int, random: Random) -> bytes:
    kind, key, subject, column = target
    at, draw = stamp(at_ms), random.random()
    outcome, reason = ("challenged", '"slider"') if draw < 0.02 else ("timeout", '"connect"') if draw < 0.03 else ("ok", "null")
    read = outcome == "ok" and kind != "probe"
    fresh = read and (step == 0 or draw > 0.9)
    newest = stamp(at_ms - number % 40 * 86_400_000)[:10]
    reading = (
        f'{{"state":"list","newest":"{newest}","precision":"day","source":"row","text":"{newest}","title":"关于做好有关工作的通知",'
        f'"item_url":"http://www.example{number % SITES}.cn/art/{seq}.html","items":20,"dated":20,"oldest":"2024-03-01"}}'
        if read
        else '{"state":"none","newest":null,"precision":null,"source":null,"text":null,"title":null,"item_url":null,"items":0,'
        '"dated":0,"oldest":null}'
    )
    items = ",".join(
        f'{{"title":"第{step}次更新的第{one}条：关于做好有关工作的通知","date":"{newest}","first_seen":"{at}",'
        f'"url":"http://www.example{number % SITES}.cn/art/{step % 90}_{one}.html"}}'
        for one in range((20 if step == 0 else 1) if fresh else 0)
    )
    return (
        f'{{"v":1,"id":"{observation_id("column", key, at_ms, kind, "public_http")}","seq":{seq},"at":"{at}","due":"{at}",'
        f'"kind":"{kind}","target":"{key}","url":"http://www.example{number % SITES}.cn/c{number}/",'
        '"final_url":null,"redirects":0,'
        f'"subject":{subject},"column":{column},"outcome":"{outcome}","reason":{reason},"status":200,"elapsed_s":0.412,'
        '"phases":{"dns":0.01,"connect":0.02,"tls":0.0,"first_byte":0.2,"body":0.18},"attempts":1,"requests":1,'
        '"address":"203.0.113.7","bytes":38596,"partial":false,"charset":"utf-8","digest":"3f1c9a7be0d24c55","unchanged":'
        f'{"false" if fresh or not read else "true"},"tls":null,"reading":{reading},"account":null,'
        f'"first_look":{"true" if step == 0 else "false"},"new_items":[{items}],"flags":[],'
        f'"register":"sha256:{"0" * 64}","reader":3,"vantage":"default",'
        '"observed_by":"public_http","version":"0.1.0"}\n'
    ).encode()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main()
