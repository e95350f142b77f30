"""All benchmarks, one after the other: `make bench`."""

from importlib import import_module

for name in ("reading", "register_load", "patrol"):
    print(f"== {name}", flush=True)
    import_module(f"tests.benchmarks.{name}").main()
