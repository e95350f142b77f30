"""Build the image and run it without a container engine: `python3 deploy/image_test.py`, as root on Debian.

buildah builds and runs in chroot isolation, over a base that debootstrap makes; nothing is pulled from an image registry. The
Debian packages buildah and debootstrap are installed by the first step where they are missing. Each row passes or fails:

    image       its settings: user, volume, health, signal, zone; no compiler and no package installer inside
    demo        the demo province patrolled inside, as the unprivileged user; journal on the volume, every line right
    service     `serve` on a simulated province: the health command green, SIGTERM clean
    read-only   the same patrol over a root file system that cannot be written
    outside     nothing was written but to the volume

Exit codes: 0 all rows pass, 1 one does not, 2 the image cannot be built here.
"""

import argparse
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
AUTHORITIES: Final = Path("/etc/ssl/certs/ca-certificates.crt")
BASE: Final = "localhost/xunwang-base:bookworm"
IMAGE: Final = "localhost/xunwang:test"
USER: Final = 10001
TOOLS: Final = ("cc", "gcc", "g++", "make", "pip", "pip3", "ld")
SERVICE: Final = """\
register = "province/register"
out = "patrol"
[pace]
gap_least = 0.02
gap_most = 0.2
[revisit]
first_spread_hours = 0.02
[probes]
per_day = 1440
[crawler]
allow = ["127.0.0.0/8"]
hosts = "province/hosts.json"
"""


class Failed(Exception):
    """A step did not end as it must; the text says why."""


class Workshop:
    """buildah with a store of its own below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._buildah = ["buildah", "--root", str(folder / "store"), "--runroot", str(folder / "run")]
        self._environ = {**os.environ, "STORAGE_DRIVER": "vfs", "BUILDAH_ISOLATION": "chroot"}

    def __call__(self, *words: str | Path, timeout: float = 900) -> str:
        done = subprocess.run(
            [*self._buildah, *map(str, words)], env=self._environ, capture_output=True, text=True, timeout=timeout
        )
        if done.returncode:
            raise Failed(f"buildah {words[0]} ended with {done.returncode}: {(done.stdout + done.stderr)[-1500:]}")
        return done.stdout.strip()

    def command(self, container: str, data: Path, *words: str) -> list[str]:
        """The command that runs `words` in the container, as the image's user, with the volume at /data."""
        return [*self._buildah, "run", "--volume", f"{data}:/data", container, "--", *words]

    def inside(self, container: str, data: Path, *words: str, timeout: float = 300) -> tuple[int, str]:
        """(exit code, output) of `words` in the container."""
        done = subprocess.run(
            self.command(container, data, *words), env=self._environ, capture_output=True, text=True, timeout=timeout
        )
        return done.returncode, done.stdout + done.stderr

    @contextmanager
    def running(self, container: str, data: Path, *words: str, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
        """`words` in the container, until the block ends; what is left then is ended."""
        with log.open("wb") as out:
            process = subprocess.Popen(
                self.command(container, data, *words), env=self._environ, stdout=out, stderr=subprocess.STDOUT
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                for pid in inner(process.pid, words[0]) or [process.pid]:
                    _end(pid)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def inner(pid: int, word: str) -> list[int]:
    """The processes below `pid` that are not buildah's own: those that run `word`, the innermost first."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        children.setdefault(parent, []).append(int(folder.name))
    found: list[int] = []
    todo = [pid]
    while todo:
        for child in children.get(todo.pop(), []):
            todo.append(child)
            words = _words(child)
            if words and "buildah" not in words[0] and any(Path(each).name == word for each in words[:2]):
                found.insert(0, child)
    return found


def _words(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").split("\0")[:-1]
    except OSError:
        return []


def _end(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def eventually(what: str, holds: Any, seconds: float = 60.0) -> None:
    """Wait until `holds()`. Raises Failed naming `what` where that takes longer."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise Failed(f"{what} did not come about within {seconds:.0f} s")
        time.sleep(0.2)


# ---- making ----


def install() -> None:
    """The Debian packages that are missing. Raises Failed where they cannot be had."""
    wanted = [tool for tool in ("buildah", "debootstrap") if shutil.which(tool) is None]
    if not wanted:
        return
    if os.geteuid() or shutil.which("apt-get") is None:
        raise Failed(f"install {' and '.join(wanted)} (Debian packages), and run this as root")
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *wanted]
    print(f"installing: {shlex.join(command)}", flush=True)
    if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
        raise Failed("apt-get could not install them; try `apt-get update` first")


def make_base(workshop: Workshop) -> None:
    """A Debian with python3, kept below the folder for the next time."""
    context = workshop.folder / "base"
    archive = context / "base.tar"
    if not archive.exists():
        rootfs = workshop.folder / "rootfs"
        shutil.rmtree(rootfs, ignore_errors=True)
        packages = "ca-certificates,python3,python3-venv,tzdata"
        print("making a base by debootstrap: a minute or two", flush=True)
        command = ["debootstrap", "--variant=minbase", f"--include={packages}", "bookworm", str(rootfs)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900)
        if done.returncode:
            raise Failed(f"debootstrap ended with {done.returncode}: {done.stdout[-800:]}")
        for path in (*(rootfs / "var/lib/apt/lists").glob("*_*"), *(rootfs / "var/cache/apt/archives").glob("*.deb")):
            path.unlink()
        if AUTHORITIES.exists():  # a package mirror of one's own has its own authority
            shutil.copy(AUTHORITIES, rootfs / "etc/ssl/certs/")
        context.mkdir(parents=True, exist_ok=True)
        subprocess.run(["tar", "-C", rootfs, "-cf", context / "unfinished.tar", "."], check=True)
        (context / "unfinished.tar").rename(archive)
        shutil.rmtree(rootfs)
    (context / "Containerfile").write_text('FROM scratch\nADD base.tar /\nCMD ["/bin/bash"]\n')
    workshop("bud", "--layers", "--file", context / "Containerfile", "--tag", BASE, context)


def make_image(workshop: Workshop) -> str:
    """Builds the image; returns a working container of it."""
    arguments = ["--build-arg", f"BASE={BASE}"]
    if AUTHORITIES.exists():
        arguments += ["--build-arg", f"PIP_CERT={AUTHORITIES}"]
    workshop("bud", "--layers", "--format", "docker", *arguments, "--tag", IMAGE, ROOT)
    container = workshop("from", "--name", f"xunwang-test-{os.getpid()}", IMAGE)
    workshop("config", "--volume", "/data-", container)  # buildah would lay a volume of its own over the one given
    return container


# ---- rows ----


def look_at_image(workshop: Workshop, container: str, data: Path) -> str:
    config = json.loads(workshop("inspect", "--type", "image", IMAGE))["Docker"]["config"]
    wanted = {
        "User": f"{USER}:{USER}",
        "StopSignal": "SIGTERM",
        "Entrypoint": ["xunwang"],
        "WorkingDir": "/data",
        "Volumes": {"/data": {}},
    }
    for key, value in wanted.items():
        if config.get(key) != value:
            raise Failed(f"{key} is {config.get(key)!r}, not {value!r}")
    if "TZ=Asia/Shanghai" not in config["Env"] or not config.get("Healthcheck", {}).get("Test"):
        raise Failed("the zone or the health command is missing")
    if not config["Labels"].get("org.opencontainers.image.title"):
        raise Failed("the labels are missing")
    look = f"for t in {' '.join(TOOLS)}; do command -v $t; done; id -u; date +%z; ls /opt/xunwang/lib/python3*/site-packages"
    code, said = workshop.inside(container, data, "sh", "-c", look)
    user, zone, *packages = said.splitlines()
    if code or (user, zone) != (str(USER), "+0800"):
        raise Failed(f"a tool stands in it, or user and zone are wrong: {said[:300]}")
    if {"pip", "setuptools"} & set(packages):
        raise Failed("pip or setuptools stayed in it")
    return f"user {user}, zone {zone}, no build tools"


def size_of(workshop: Workshop) -> str:
    """What the image weighs, and what of it is ours."""
    bytes_of = {name: json.loads(workshop("inspect", "--type", "image", name)) for name in (IMAGE, BASE)}
    layers = [len(bytes_of[name]["OCIv1"]["rootfs"]["diff_ids"]) for name in (IMAGE, BASE)]
    archive = workshop.folder / "image.tar"
    archive.unlink(missing_ok=True)
    workshop("push", "--quiet", IMAGE, f"oci-archive:{archive}:xunwang:test")
    base = workshop.folder / "base.oci.tar"
    base.unlink(missing_ok=True)
    workshop("push", "--quiet", BASE, f"oci-archive:{base}:base:test")
    whole, of_base = archive.stat().st_size / 1e6, base.stat().st_size / 1e6
    archive.unlink()
    base.unlink()
    count = layers[0] - layers[1]
    return f"{whole:.0f} MB compressed, {whole - of_base:.0f} MB of it ours in {count} layers; the rest is the base, Debian"


def patrol_demo(workshop: Workshop, container: str, data: Path) -> str:
    code, said = workshop.inside(container, data, "xunwang", "demo", "--sites", "8", "--seed", "3", "--out", "/data/demo")
    if code:
        raise Failed(f"the demo ended with {code}: {said[-1500:]}")
    owners = {path.stat().st_uid for path in (data / "demo").rglob("*")}
    if owners != {USER}:
        raise Failed(f"files on the volume belong to {owners}")
    return f"{lines_of(data / 'demo/journal')} lines, every one right"


def lines_of(journal: Path) -> int:
    """How many lines there are. Raises Failed where seq has a gap or an id stands twice."""
    rows = [json.loads(line) for path in sorted(journal.glob("*.jsonl")) for line in path.read_bytes().splitlines()]
    if [row["seq"] for row in rows] != list(range(1, len(rows) + 1)) or len({row["id"] for row in rows}) != len(rows):
        raise Failed(f"the journal {journal} has gaps or double lines")
    return len(rows)


def serve_and_stop(workshop: Workshop, container: str, data: Path) -> str:
    province = ("python3", "-m", "province", "--healthy", "--sites", "10", "--seed", "4", "--out", "/data/province")
    (data / "service.toml").write_text(SERVICE)
    log, journal = workshop.folder / "serve.log", data / "patrol/journal"
    health = ("python3", "/usr/local/bin/xunwang-health")
    if workshop.inside(container, data, *health)[0] == 0:
        raise Failed("the health command is green where nothing runs; is port 9188 taken?")
    with workshop.running(container, data, *province, log=workshop.folder / "province.log"):
        eventually("the province", lambda: "ready" in (workshop.folder / "province.log").read_text())
        serve = ("xunwang", "serve", "--config", "/data/service.toml")
        with workshop.running(container, data, *serve, log=log) as process:
            # a service looks at nothing within its first minute
            eventually("the fortieth line", lambda: journal.exists() and _newlines(journal) >= 40, 180)
            code, said = workshop.inside(container, data, *health)
            if code:
                raise Failed(f"the health command says: {said}")
            ours = inner(process.pid, "xunwang")
            if len(ours) != 1 or _uid(ours[0]) != USER:
                raise Failed(f"processes {ours} are not one that belongs to {USER}")
            begun = time.monotonic()
            os.kill(ours[0], signal.SIGTERM)
            code = process.wait(20)
            took = time.monotonic() - begun
    if code or took > 8 or '"stopped"' not in log.read_text():
        raise Failed(f"SIGTERM ended it with {code} after {took:.1f} s: {log.read_text()[-800:]}")
    return f"{lines_of(journal)} lines, health: {said.strip()}, SIGTERM clean after {took:.1f} s"


def _newlines(journal: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in journal.glob("*.jsonl"))


def _uid(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


READ_ONLY: Final = """\
set -e
mount --bind "$1" "$1"
mount --bind "$2" "$1/data"
mount -t proc proc "$1/proc"
mount --bind /dev "$1/dev"
mount -o remount,bind,ro "$1"
if touch "$1/opt/proof" 2>/dev/null; then echo "the root can be written"; exit 9; fi
exec chroot --userspec=10001:10001 "$1" /usr/bin/env -i PATH=/opt/xunwang/bin:/usr/local/bin:/usr/bin:/bin TZ=Asia/Shanghai \\
    PYTHONDONTWRITEBYTECODE=1 TMPDIR=/data HOME=/data xunwang demo --sites 5 --seed 5 --out /data/read-only
"""


def patrol_read_only(workshop: Workshop, container: str, data: Path) -> str:
    """In a mount namespace of its own: chroot isolation alone cannot make the root read-only."""
    root = workshop("mount", container)
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", READ_ONLY, "sh", root, str(data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise Failed(f"it ended with {done.returncode}: {(done.stdout + done.stderr)[-1200:]}")
    return f"{lines_of(data / 'read-only/journal')} lines"


def find_outside(workshop: Workshop, container: str, mark: Path) -> str:
    """What buildah itself puts in place (mount points, /etc/hosts, /etc/resolv.conf) is not the program's."""
    root = workshop("mount", container)
    pruned = [f"{root}/{name}" for name in ("data", "proc", "sys", "dev", "run")]
    prune = " -o ".join(f"-path {shlex.quote(path)}" for path in pruned)
    new = f"-newer {shlex.quote(str(mark))} \\( -type f -o -user {USER} \\)"
    command = f"find {shlex.quote(root)} \\( {prune} \\) -prune -o {new} -print"
    found = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout.split()
    theirs = {f"{root}/etc/hosts", f"{root}/etc/resolv.conf", f"{root}/etc/hostname"}
    strange = [path for path in found if path not in theirs]
    if strange:
        raise Failed(f"written outside the volume: {', '.join(strange[:10])}")
    return "nothing, by find -newer"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=ROOT / "build/image", help="store, base and volume (%(default)s)")
    folder: Path = parser.parse_args(arguments).folder.absolute()
    workshop, data, mark = Workshop(folder), folder / "data", folder / "mark"
    try:
        install()
        folder.mkdir(parents=True, exist_ok=True)
        make_base(workshop)
        container = make_image(workshop)
    except (Failed, OSError, subprocess.SubprocessError) as error:
        print(f"image: cannot be built here: {error}", file=sys.stderr)
        return 2
    try:
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir()
        os.chown(data, USER, USER)
        mark.touch()
        rows = {
            "image": lambda: look_at_image(workshop, container, data),
            "size": lambda: size_of(workshop),
            "demo": lambda: patrol_demo(workshop, container, data),
            "service": lambda: serve_and_stop(workshop, container, data),
            "read-only": lambda: patrol_read_only(workshop, container, data),
            "outside": lambda: find_outside(workshop, container, mark),
        }
        return max([_row(name, step) for name, step in rows.items()])
    finally:
        workshop("rm", container)


def _row(name: str, step: Any) -> int:
    try:
        said = step()
    except (Failed, OSError, subprocess.SubprocessError) as error:
        print(f"FAIL  {name:<10} {error}", flush=True)
        return 1
    print(f"ok    {name:<10} {said}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
