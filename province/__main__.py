"""`python -m province --out DIR`: serves a province until it is told to stop."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from province.draw import BEIJING
from province.province import Province


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m province", description=__doc__)
    made.add_argument("--sites", type=int, default=60, help="web sites, each on a host of its own (%(default)s)")
    made.add_argument("--columns", type=int, default=20, help="columns per site (%(default)s)")
    made.add_argument("--accounts", type=int, default=20, help="WeChat accounts (%(default)s)")
    made.add_argument("--newmedia", action="store_true", help="also accounts on every platform, and bridges that tell of them")
    made.add_argument("--seed", type=int, default=1, help="the same seed gives the same province (%(default)s)")
    made.add_argument("--healthy", action="store_true", help="no faults: every target is a list with a date")
    made.add_argument("--now", type=_moment, help="the served moment, ISO 8601; Beijing time where it bears no offset")
    made.add_argument("--out", type=Path, required=True, help="folder for register/, truth.jsonl and hosts.json")
    return made


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(BEIJING) if moment.tzinfo else moment.replace(tzinfo=BEIJING)


async def serve(args: argparse.Namespace) -> None:
    """Serves until SIGTERM or SIGINT; prints "ready" once the files are written."""
    stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    counts = (args.sites, args.columns, args.accounts)
    province = Province(*counts, args.seed, faults=not args.healthy, now=args.now, newmedia=args.newmedia)
    try:
        await province.start()
        _write(province, args.out)
        print("ready", flush=True)
        await stop.wait()
    finally:
        await province.close()


def _write(province: Province, folder: Path) -> None:
    try:
        province.write(folder)
    except OSError as error:
        raise OSError(f"{folder} cannot be written ({error.strerror}); name another folder with --out") from error


def main(argv: Sequence[str] | None = None) -> int:
    """0 when it was told to stop, 2 with one sentence for what cannot be served."""
    args = parser().parse_args(argv)
    try:
        asyncio.run(serve(args))
    except (ValueError, OSError, RuntimeError) as error:
        print(f"province: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
