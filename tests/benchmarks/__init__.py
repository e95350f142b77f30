"""Benchmarks: `make bench` runs all of them; each module prints its own figures with their conditions."""
