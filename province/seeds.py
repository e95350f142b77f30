"""Randomness that is a pure function of its names: the same seed and words give the same draws on every machine."""

from collections.abc import Sequence
from hashlib import blake2b
from random import Random
from typing import TypeVar

T = TypeVar("T")


def rng(*words: object) -> Random:
    """A generator for one purpose, named by `words`. Two purposes never share one, so a new draw disturbs no other."""
    return Random("/".join(map(str, words)))


def number(*words: object) -> int:
    """64 bits named by `words`."""
    return int.from_bytes(blake2b("/".join(map(str, words)).encode(), digest_size=8).digest(), "big")


def pick(choices: Sequence[T], *words: object) -> T:
    return choices[number(*words) % len(choices)]


def weighted(random: Random, table: dict[str, int]) -> str:
    """One key of `table`, with its value as weight."""
    return random.choices(list(table), list(table.values()))[0]
