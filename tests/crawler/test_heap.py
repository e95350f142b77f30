from pathlib import Path

from crawler.heap import trim_heap


def rss_kib() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in status if line.startswith("VmRSS")).split()[1])


def test_memory_that_was_freed_between_what_is_kept_goes_back_to_the_system() -> None:
    blocks = [bytearray(65_000) for _ in range(2_000)]  # below the size that glibc maps on its own
    kept = blocks[::40]
    held = rss_kib()
    del blocks
    if not trim_heap():
        return  # nothing to give back, or no glibc
    assert kept
    assert rss_kib() < held - 50_000
