"""Where a redirect to "another registered column" goes: an ordinary column of a healthy site."""

from collections.abc import Container, Sequence

from province.model import Column, Site


def can_redirect(sites: Sequence[Site]) -> bool:
    """Whether every column has somewhere to go: two healthy sites with an ordinary column each."""
    return sum(any(_fit(row) for row in site.columns) for site in sites if site.fault is None) > 1


def refuge(sites: Sequence[Site], away: Site, column: Column | None, broken: Container[str]) -> tuple[Site, Column] | None:
    """An ordinary column of another site than `away`, whose host is not `broken`; None where there is none."""
    begin = away.number + (column.number if column else 0)
    for step in range(1, len(sites) + 1):
        site = sites[(begin + step) % len(sites)]
        if site.host == away.host or site.host in broken:
            continue
        found = next((row for row in site.columns if _fit(row)), None)
        if found is not None:
            return site, found
    return None


def _fit(column: Column) -> bool:
    return column.ordinary and column.shape == "plain"
