"""Which subjects a province has: every office of every place, and a sample of them by level."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from province import places
from province.places import OFFICES, PROVINCE, PROVINCE_PINYIN, Place
from province.seeds import rng

_WEIGHT: Final = {
    "省级门户": 0.0, "市级门户": 0.25, "县级门户": 0.5, "省级部门": 0.6, "市级部门": 0.9, "县级部门": 1.0, "乡镇": 1.0,
}  # fmt: skip
"""The smaller, the likelier a level is taken: portals come first."""
_TOWNS: Final = 12


@dataclass(frozen=True)
class Subject:
    """One office with a web site of its own. `unit`: its full name; `name`: the site's."""

    code: str
    name: str
    unit: str
    short: str
    region: str
    level: str
    host: str


def subjects(count: int, seed: int) -> list[Subject]:
    """`count` subjects for `seed`, the province's portal first. Raises ValueError past the last one there is."""
    known = everyone()
    if count > len(known):
        raise ValueError(f"the province has {len(known)} sites at most, not {count}")
    random = rng(seed, "subjects")
    ranked = sorted(known, key=lambda row: (_WEIGHT[row.level] * random.random(), row.code))
    return ranked[:count]


@cache
def everyone() -> tuple[Subject, ...]:
    """Every subject of the province."""
    province = Place(PROVINCE, PROVINCE_PINYIN, f"{places.AREA_PREFIX}0000", "province", PROVINCE)
    rows = _offices(province, "省级门户", "省级部门")
    for city in places.cities():
        rows += _offices(city, "市级门户", "市级部门")
    for county in places.counties():
        rows += _offices(county, "县级门户", "县级部门")
        rows += _towns(county)
    return tuple(rows)


def _offices(place: Place, portal: str, department: str) -> list[Subject]:
    domain = f"yl{place.pinyin}.gov.cn" if place.rank != "province" else f"{place.pinyin}.gov.cn"
    first = Subject(
        f"{place.digits}0001",
        f"{place.name}人民政府门户网站",
        f"{place.name}人民政府办公室",
        "政府办",
        place.name,
        portal,
        f"www.{domain}",
    )
    rest = [
        Subject(
            f"{place.digits}{number + 2:04d}",
            f"{place.name}{office.name}网站",
            f"{place.name}{office.name}",
            office.short,
            place.name,
            department,
            f"{office.slug}.{domain}",
        )
        for number, office in enumerate(OFFICES)
    ]
    return [first, *rest]


def _towns(county: Place) -> list[Subject]:
    names = ("青石", "南渡", "松坪", "柳河", "白塔", "石桥", "竹园", "双河", "梨坝", "新场", "云台", "古渡")
    slugs = ("qs", "nd", "sp", "lh", "bt", "sq", "zy", "sh", "lb", "xc", "yt", "gd")
    return [
        Subject(
            f"{county.digits}{number + 101:04d}",
            f"{county.name}{names[number]}镇人民政府网站",
            f"{county.name}{names[number]}镇人民政府",
            f"{names[number]}镇",
            county.name,
            "乡镇",
            f"{slugs[number]}z.yl{county.pinyin}.gov.cn",
        )
        for number in range(_TOWNS)
    ]
