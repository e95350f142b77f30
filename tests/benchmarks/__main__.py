"""All benchmarks but the half hour of `soak`, one after the other, each in a process of its own: `make bench`."""

import subprocess
import sys

for name in ("reading", "register_load", "patrol", "checking", "sweep", "day", "million", "accounts"):
    print(f"== {name}", flush=True)
    subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], check=True)
