"""How long one sweep over a province's accounts takes, against the least that politeness allows. Simulated time.

4,206 accounts behind eight keys, each asked one request at a time with the usual gap: the platforms' own hosts, and two
bridges; beside them accounts that nobody can be asked about. How many live where is an assumption, printed with the result.
The register is read, enrolled and routed as a service would; the patrol, crawler and readers are the real ones.

Lower bound: the busiest key's requests at its own pace (response + gap), one after the other.
"""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from crawler.accounts.bridgesettings import Bridges, BridgeSettings
from crawler.visit import host_of
from register import load
from scheduler.accounts.bridgebook import BridgeBook
from scheduler.accounts.routes import Routes
from scheduler.calendar import Revisit
from scheduler.enrol import enrol
from scheduler.hosts import PlatformSettings
from scheduler.patrol import PatrolSettings
from scheduler.revisit import Policy
from scheduler.writer import Entry
from tests.benchmarks.simulated import GAP, Host, World
from tests.benchmarks.sweep import gaps_broken
from tests.scheduler.builders import START_MS
from tests.scheduler.virtual import run

NOBODYS: Final = "nobody"


class Key(NamedTuple):
    """Accounts behind one key: their printed type, the form of their addresses, and what answers in what time.

    bridge  the bridge that is asked for them; None: their own host, the one of the address
    """

    name: str
    accounts: int
    printed: str
    address: str
    response_s: float
    bridge: str | None = None


KEYS: Final = (
    Key("reading", 1811, "微信公众号", "https://mp.weixin.qq.com/s/{0:022d}", 0.35, "reading"),
    Key("mp.weixin.qq.com", 640, "微信公众号", "https://mp.weixin.qq.com/s/{0:022d}", 0.15),
    Key("hub", 505, "今日头条", "https://www.toutiao.com/c/user/token/MS4wLjABAAAA{0:040d}/", 0.9, "hub"),
    Key("weibo.com", 512, "新浪微博", "https://weibo.com/u/{0:010d}", 0.2),
    Key("www.douyin.com", 318, "抖音", "https://www.douyin.com/user/MS4wLjABAAAA{0:040d}", 0.4),
    Key("live.kuaishou.com", 96, "快手", "https://live.kuaishou.com/profile/k{0:010d}", 0.4),
    Key("space.bilibili.com", 54, "哔哩哔哩", "https://space.bilibili.com/{0:08d}", 0.3),
    Key("baijiahao.baidu.com", 40, "百家号", "https://baijiahao.baidu.com/u?app_id={0:016d}", 0.3),
    Key(NOBODYS, 230, "微信视频号", "", 0.0),
)
assert sum(key.accounts for key in KEYS) == 4206


class Result(NamedTuple):
    """Simulated seconds but for cpu_s. done_s: when the last line of each key was written; bound_s: the least that may take."""

    done_s: Mapping[str, float]
    bound_s: Mapping[str, float]
    requests: Mapping[str, int]
    gaps_broken: int
    accounts: int
    outcomes: Mapping[str, int]
    cpu_s: float

    @property
    def sweep_s(self) -> float:
        return max(self.done_s.values())

    @property
    def least_s(self) -> float:
        return max(self.bound_s.values())


def feed_of(day: str) -> bytes:
    """A feed with three dated items of `day`."""
    item = "<item><title>关于做好第{0}次检查工作的通知</title><link>https://a.test/{0}</link><pubDate>{1}T0{0}:00:00+08:00</pubDate></item>"
    items = "".join(item.format(number, day) for number in range(1, 4))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>某县发布</title>{items}</channel></rss>'.encode()


def settings_of(keys: tuple[Key, ...]) -> tuple[BridgeSettings, ...]:
    """A bridge that names its accounts, and one that takes a platform by the ids in its addresses."""
    named = {
        f"{key.name}{number}": {"id": f"MP_WXS_{number}"}
        for key in keys
        if key.bridge == "reading"
        for number in range(key.accounts)
    }
    return (
        BridgeSettings("reading", "wewe-rss", "http://reading.bridge.test:4000", accounts=named),
        BridgeSettings("hub", "rsshub", "http://hub.bridge.test:1200", platforms=("今日头条",)),
    )


def register_of(keys: tuple[Key, ...]) -> str:
    rows = ["账号标识,账号名称,类型,主办单位,网址"]
    for place, key in enumerate(keys):
        for number in range(key.accounts):
            url = key.address.format(place * 10**6 + number) if key.address else ""
            rows.append(f"{key.name}{number},{key.name}{number}号,{key.printed},某县,{url}")
    return "\n".join(rows) + "\n"


async def sweep(folder: Path, keys: tuple[Key, ...]) -> Result:
    """All accounts once, all due at the start."""
    (folder / "accounts.csv").write_text(register_of(keys), encoding="utf-8")
    bridges = Bridges(settings_of(keys))
    asked = [key for key in keys if key.name != NOBODYS]
    hosts = [Host(f"{key.bridge}.bridge.test" if key.bridge else key.name, key.response_s, "fine", key.name) for key in asked]
    settings = PatrolSettings(gap=GAP, platforms=PlatformSettings(ceiling=10.0))
    world = World(folder, [], 0, Revisit(Policy(), 26), settings, canaries=hosts, bridges=bridges)
    register = load(folder / "accounts.csv", folder / "kept")
    enrol(world.ledger, register, lambda *_: START_MS, "2026-11-22", routes=Routes(bridges))
    day = time.strftime("%Y-%m-%d", time.gmtime(START_MS / 1000 - 86_400))
    feed, page = feed_of(day), world.servers.page
    world.servers.page = lambda url: feed if host_of(url).endswith(".bridge.test") else page(url)
    book = BridgeBook(bridges.names, now_ms=world.clock.now_ms)
    world.patrol.returns.weigh = book.weigh_task
    done: dict[str, float] = {}
    outcomes: Counter[str] = Counter()

    left = {f"{key.name}{number}" for key in keys for number in range(key.accounts)}

    def on_line(entry: Entry) -> None:
        if entry.line.target not in left:
            return  # its second look
        left.discard(entry.line.target)
        done[entry.line.target.rstrip("0123456789")] = world.clock.monotonic()
        outcomes[f"{entry.line.outcome}/{entry.line.reason}" if entry.line.reason else entry.line.outcome] += 1
        if not left:
            world.patrol.stop()

    world.writer.on_line = on_line
    begun = time.process_time()
    await world.patrol.run()
    log = world.servers
    made = Counter(log.hosts[number].address for number in log.number if number >= 0)
    step = {key.name: key.response_s + GAP.after(key.response_s) for key in asked}
    return Result(
        done_s=done,
        bound_s={key.name: (key.accounts - 1) * step[key.name] + key.response_s for key in asked},
        requests=made,
        gaps_broken=gaps_broken(log.number, log.begun, log.ended),
        accounts=outcomes.total(),
        outcomes=outcomes,
        cpu_s=time.process_time() - begun,
    )


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = run(sweep(Path(folder), KEYS))
    print(f"{'key':22}{'accounts':>9}{'requests':>9}{'least s':>9}{'took s':>9}")
    for key in KEYS:
        bound = f"{result.bound_s[key.name]:9.0f}" if key.name != NOBODYS else f"{0:9d}"
        print(f"{key.name:22}{key.accounts:9}{result.requests.get(key.name, 0):9}{bound}{result.done_s[key.name]:9.0f}")
    print(
        f"{result.accounts} accounts ({', '.join(f'{name} {count}' for name, count in sorted(result.outcomes.items()))}): "
        f"sweep {result.sweep_s:.0f} s, lower bound {result.least_s:.0f} s ({result.sweep_s / result.least_s:.3f} times), "
        f"gaps broken {result.gaps_broken}; CPU {result.cpu_s:.1f} s"
    )


if __name__ == "__main__":
    main()
