import subprocess
import sys
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


THREADS_BY_TURNS = """
import ctypes, threading
from crawler.heap import share_arenas
shared = share_arenas()
allocate = ctypes.CDLL(None).malloc
allocate.restype, allocate.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
arenas, together = set(), threading.Barrier(6)
def take():
    together.wait()  # all alive at once: none inherits the arena of one that ended
    arenas.add(allocate(5_000) >> 26)  # arenas of threads begin at multiples of 64 MiB
    together.wait()
threads = [threading.Thread(target=take) for _ in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(int(shared), len(arenas))
"""


def test_threads_share_a_heap_so_that_each_does_not_keep_the_most_it_ever_held() -> None:
    done = subprocess.run([sys.executable, "-c", THREADS_BY_TURNS], capture_output=True, text=True, check=True)
    shared, arenas = map(int, done.stdout.split())
    assert not shared or arenas <= 2  # another C library has its own ways
