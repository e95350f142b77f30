"""One writer per folder: `flock` on DIR/lock, held for the life of the process."""

import fcntl
import os
from pathlib import Path

from scheduler.errors import Refused


def hold(folder: Path, what: str) -> int:
    """Lock `folder` and write who holds it (pid and command); returns the descriptor to keep open.

    Raises Refused, naming the holder, where another process has the lock. The kernel lets go when the process ends,
    however it ends, so a lock file left behind means nothing.
    """
    path = folder / "lock"
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(fd, 200, 0).decode("utf-8", "replace").strip() or "another process"
        os.close(fd)
        raise Refused(f"{folder} is in use by {holder}; stop it first or name another folder") from None
    os.ftruncate(fd, 0)
    os.pwrite(fd, f"process {os.getpid()} ({what})\n".encode(), 0)
    return fd
