import os
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.errors import Refused
from scheduler.lock import hold

HOLDER = """
import sys
from pathlib import Path
from scheduler.lock import hold
hold(Path(sys.argv[1]), "xunwang serve")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_holder_is_refused_naming_the_first(tmp_path: Path) -> None:
    held = hold(tmp_path, "xunwang crawl")
    with pytest.raises(Refused, match=rf"process {os.getpid()} \(xunwang crawl\)") as refusal:
        hold(tmp_path, "xunwang serve")
    assert str(tmp_path) in str(refusal.value)
    os.close(held)


def test_a_lock_file_left_behind_means_nothing(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("process 1 (xunwang crawl of a long time ago, with a long name)\n")
    held = hold(tmp_path, "xunwang crawl")
    assert (tmp_path / "lock").read_text() == f"process {os.getpid()} (xunwang crawl)\n"
    os.close(held)


def test_a_refused_process_leaves_the_holders_name_standing(tmp_path: Path) -> None:
    held = hold(tmp_path, "xunwang crawl")
    before = (tmp_path / "lock").read_bytes()
    with pytest.raises(Refused):
        hold(tmp_path, "xunwang serve")
    assert (tmp_path / "lock").read_bytes() == before
    os.close(held)


def test_the_lock_is_held_against_other_processes_and_freed_when_its_holder_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            with pytest.raises(Refused, match=rf"process {holder.pid} \(xunwang serve\)"):
                hold(tmp_path, "xunwang crawl")
        finally:
            holder.kill()
        holder.wait(10)
    os.close(hold(tmp_path, "xunwang crawl"))


def test_the_lock_is_not_inherited_by_a_process_we_start(tmp_path: Path) -> None:
    held = hold(tmp_path, "xunwang crawl")
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; print('up', flush=True); sys.stdin.read()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        close_fds=False,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"up\n"
        os.close(held)
        os.close(hold(tmp_path, "xunwang crawl"))
        child.communicate()
