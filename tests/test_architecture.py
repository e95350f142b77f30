"""Who may know whom (README, "How it is built"), held over every file of the project."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = frozenset({"register", "crawler", "scheduler", "checker", "province", "tests"})
NETWORK = frozenset({"aiodns", "aiohttp", "http", "pycares", "requests", "socket", "ssl", "urllib", "uvloop", "yarl"})
NOT_OURS = frozenset({".venv", ".git", "build", "__pycache__", ".hypothesis", ".mypy_cache", ".ruff_cache", ".pytest_cache"})
REGISTRY = re.compile(
    r"\b(?:pypi|pythonhosted|npmjs|ghcr|quay|crates|rubygems|anaconda)\.(?:org|com|io)\b"
    r"|\b(?:registry|mirrors?|index|artifactory|nexus|proxy\.golang)\.[a-z0-9-]+\.[a-z]{2,}\b",
    re.IGNORECASE,
)
INDEX_OPTION = re.compile(r"--(?:extra-)?index-url|--find-links|--trusted-host|://")


def modules(package: str) -> Iterator[tuple[str, Path]]:
    """(dotted name, file) of every module below `package`."""
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(module: str, path: Path) -> set[str]:
    """Every module that `module` imports, wherever in the file, as absolute names; `from a import b` counts as a and a.b."""
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            found.add(base)
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


def within(name: str, allowed: tuple[str, ...]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in allowed)


def strangers(module: str, path: Path, allowed: tuple[str, ...]) -> list[str]:
    """What `module` imports of ours and may not."""
    named = imports(module, path)
    return sorted(name for name in named if name.split(".")[0] in OURS and not within(name, allowed))


RULES = [
    pytest.param(package, allowed, id=f"{package} -> {', '.join(allowed)}")
    for package, allowed in {
        "register": ("register",),
        "crawler": ("crawler",),
        "province": ("province",),
        "checker": ("checker", "register", "crawler.records", "crawler"),
    }.items()
]


@pytest.mark.parametrize(("package", "allowed"), RULES)
def test_a_package_imports_only_the_packages_it_may_know(package: str, allowed: tuple[str, ...]) -> None:
    found = {name: wrong for name, path in modules(package) if (wrong := strangers(name, path, allowed))}
    assert found == {}


def test_the_checker_knows_only_the_crawlers_records() -> None:
    found = {
        name: wrong
        for name, path in modules("checker")
        if (
            wrong := sorted(
                one for one in imports(name, path) if one.startswith("crawler") and not within(one, ("crawler.records",))
            )
        )
    }
    assert found == {}


def test_the_scheduler_knows_the_register_and_the_crawler_and_only_commands_know_more() -> None:
    found = {
        name: wrong
        for name, path in modules("scheduler")
        if not within(name, ("scheduler.commands",)) and (wrong := strangers(name, path, ("register", "crawler", "scheduler")))
    }
    assert found == {}


def test_commands_are_imported_by_nobody_but_the_parser_which_names_them() -> None:
    users = {
        name
        for package in OURS - {"tests"}
        for name, path in modules(package)
        if not within(name, ("scheduler.commands",))
        and any(within(one, ("scheduler.commands",)) for one in imports(name, path))
    }
    assert users == set()


def test_only_commands_and_tests_import_the_province() -> None:
    users = {
        name
        for package in OURS - {"province"}
        for name, path in modules(package)
        if any(within(one, ("province",)) for one in imports(name, path))
    }
    assert {name for name in users if not within(name, ("scheduler.commands", "tests"))} == set()


def test_nothing_but_tests_imports_tests() -> None:
    for package in OURS - {"tests"}:
        for name, path in modules(package):
            assert not any(within(one, ("tests",)) for one in imports(name, path)), name


def test_records_import_no_network_library_and_nothing_of_ours() -> None:
    named = {name.split(".")[0] for name in imports("crawler.records", ROOT / "crawler/records.py")}
    assert named & (NETWORK | OURS) == set()


def test_reading_knows_nothing_of_fetching_or_of_the_network() -> None:
    for name, path in modules("crawler/read"):
        named = imports(name.replace("/", "."), path)
        assert not any(within(one, ("crawler.fetch", "crawler.visit")) for one in named), name
        assert {one.split(".")[0] for one in named} & (NETWORK - {"urllib"}) == set(), name
        assert not any(within(one, ("urllib.request", "urllib.error")) for one in named), name


def test_the_crawler_knows_nothing_of_databases() -> None:
    for name, path in modules("crawler"):
        assert not any(within(one, ("sqlite3",)) for one in imports(name, path)), name


def test_relative_imports_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text("from . import a\nfrom ..b import c\nimport d.e\ndef f():\n    from g import h\n")
    assert imports("one.two.module", path) == {"one.two", "one.two.a", "one.b", "one.b.c", "d.e", "g", "g.h"}


# ---- no file names a registry ----


def texts() -> Iterator[tuple[Path, str]]:
    for path in sorted(ROOT.rglob("*")):
        if path.is_file() and not NOT_OURS & set(path.relative_to(ROOT).parts) and ".egg-info" not in str(path):
            try:
                yield path.relative_to(ROOT), path.read_text("utf-8")
            except UnicodeDecodeError:
                continue


def test_no_file_names_the_address_of_a_package_registry() -> None:
    found = {str(path): match[0] for path, text in texts() if (match := REGISTRY.search(text))}
    assert found == {}


def test_the_lock_pins_hashes_and_names_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert not INDEX_OPTION.search(lock)
    pinned = re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==", lock, re.MULTILINE)
    assert len(pinned) > 20
    entries = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry] == []
