"""Where the province lies: invented places, offices and columns, as data. None of these places exists."""

from typing import Final, NamedTuple

PROVINCE: Final = "云岭省"
PROVINCE_PINYIN: Final = "yunlingsheng"
AREA_PREFIX: Final = "98"
"""No province of China has this area code."""

_FIRST: Final = (
    ("青", "qing"), ("栖", "qi"), ("霁", "ji"), ("岚", "lan"), ("溯", "su"), ("漪", "yi"), ("芷", "zhi"),
    ("砚", "yan"), ("霖", "lin"), ("棠", "tang"), ("萤", "ying"), ("槿", "jin"), ("汐", "xi"), ("珞", "luo"),
    ("杳", "yao"), ("筠", "yun"), ("皓", "hao"), ("黛", "dai"),
)  # fmt: skip
_SECOND: Final = (
    ("溪", "xi"), ("泽", "ze"), ("屿", "yu"), ("坞", "wu"), ("陂", "bei"), ("岫", "xiu"), ("湾", "wan"),
    ("塘", "tang"), ("渚", "zhu"), ("麓", "lu"),
)  # fmt: skip


class Place(NamedTuple):
    """An area. `digits`: the six-digit area code. `rank`: province, city, county or town."""

    name: str
    pinyin: str
    digits: str
    rank: str
    city: str


class Office(NamedTuple):
    name: str
    short: str
    slug: str


OFFICES: Final = (
    Office("教育局", "教育局", "jyj"),
    Office("民政局", "民政局", "mzj"),
    Office("财政局", "财政局", "czj"),
    Office("人力资源和社会保障局", "人社局", "rsj"),
    Office("自然资源局", "自然资源局", "zrzyj"),
    Office("生态环境局", "生态环境局", "sthjj"),
    Office("住房和城乡建设局", "住建局", "zjj"),
    Office("交通运输局", "交通局", "jtj"),
    Office("水务局", "水务局", "swj"),
    Office("农业农村局", "农业农村局", "nyncj"),
    Office("商务局", "商务局", "swuj"),
    Office("文化和旅游局", "文旅局", "wlj"),
    Office("卫生健康局", "卫健局", "wjj"),
    Office("退役军人事务局", "退役军人局", "tyjrj"),
    Office("应急管理局", "应急局", "yjj"),
    Office("审计局", "审计局", "sjj"),
    Office("市场监督管理局", "市场监管局", "scjgj"),
    Office("统计局", "统计局", "tjj"),
    Office("医疗保障局", "医保局", "ylbzj"),
    Office("林业局", "林业局", "lyj"),
    Office("信访局", "信访局", "xfj"),
    Office("行政审批局", "审批局", "xzspj"),
)

PLATFORMS: Final = ("云岭省集约化平台", "云岭省政务云平台", "云岭省县级网站群平台")


def cities() -> list[Place]:
    """Twelve invented cities; the names come from the start of the same grid as the counties'."""
    return [
        Place(a + b + "市", pa + pb, f"{AREA_PREFIX}{number + 1:02d}00", "city", a + b + "市")
        for number, ((a, pa), (b, pb)) in enumerate(_grid()[:12])
    ]


def counties() -> list[Place]:
    """The rest of the grid, dealt out to the cities in turn."""
    towns = cities()
    rows = []
    for number, ((a, pa), (b, pb)) in enumerate(_grid()[12:]):
        city = towns[number % len(towns)]
        digits = f"{city.digits[:4]}{number // len(towns) + 21:02d}"
        rows.append(Place(a + b + "县", pa + pb, digits, "county", city.name))
    return rows


def _grid() -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Every pair of syllables whose pinyin is not taken yet, in an order that mixes first syllables."""
    seen: set[str] = set()
    rows = []
    for step in range(len(_SECOND)):
        for index, first in enumerate(_FIRST):
            second = _SECOND[(index + step) % len(_SECOND)]
            if first[1] + second[1] not in seen:
                seen.add(first[1] + second[1])
                rows.append((first, second))
    return rows
