"""Pages look like those of government sites, and say what the model says."""

import re
from datetime import timedelta
from html import unescape

import pytest

from province.declarations import CHARSETS, WAYS, declare
from province.draw import draw
from province.listing import listing
from province.model import Column, Plan, Site
from province.renderer import Renderer
from province.shapes import SHAPES
from tests.province.client import NOW

DIALECTS = ("trs", "hanweb", "vsb")
_PAGERS = ('<div class="page"', "var pageInfo", 'class="headStyle"', '<div class="hot', '<div class="clear')


def province(seed: int = 1, faults: bool = True) -> tuple[Plan, Renderer]:
    plan = draw(40, 20, 0, seed, faults, NOW, DIALECTS)
    return plan, Renderer(plan)


def text_of(renderer: Renderer, site: Site, path: str) -> str:
    page = renderer.page(site, path)
    assert page is not None
    return unescape(page.body.decode(site.declaration.charset))


def cells(plan: Plan, shape: str | None = None) -> list[tuple[Site, Column]]:
    return [(s, c) for s in plan.sites for c in s.columns if shape in (None, c.shape)]


def in_page(plan: Plan) -> list[tuple[Site, Column]]:
    """Columns whose list, if they have one, stands in an ordinary page."""
    return [(site, column) for site, column in cells(plan) if column.delivery == "page"]


def own_part(text: str, column: Column) -> str:
    """The page from its list's beginning to the end of its rows."""
    start = text.index(column.layout.open)
    end = min(place for mark in _PAGERS if (place := text.find(mark, start)) > 0)
    return text[start:end]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_seed_gives_the_same_bytes(seed: int) -> None:
    (plan, first), (_, second) = province(seed), province(seed)
    for site, column in cells(plan):
        one, two = first.page(site, column.path), second.page(site, column.path)
        assert one is not None
        assert one == two


def test_pages_have_ten_to_sixty_kilobytes() -> None:
    plan, renderer = province(3, faults=False)
    sizes = [len(page.body) for s, c in cells(plan) if (page := renderer.page(s, c.path))]
    assert min(sizes) > 10_000
    assert max(sizes) < 60_000
    assert max(sizes) > 30_000


def test_every_page_bears_the_marks_of_its_site() -> None:
    plan, renderer = province()
    for site in plan.sites:
        text = text_of(renderer, site, "/")
        for mark in (
            f'<meta name="SiteName" content="{site.name}">',
            f'<meta name="SiteDomain" content="{site.host}">',
            f'<meta name="SiteIDCode" content="{site.code}">',
            f"网站标识码：{site.code}",
            f'sitecode="{site.code}"',
            "ICP备",
            f"© 2015-{NOW.year}",
            "位访客",
        ):
            assert mark in text


def test_columns_bear_the_four_tags_of_a_list_page() -> None:
    plan, renderer = province()
    for site, column in in_page(plan):
        text = text_of(renderer, site, column.path)
        assert [f'name="{tag}"' in text for tag in ("ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType")] == [
            True
        ] * 4


def test_every_row_and_its_date_stand_in_the_page() -> None:
    plan, renderer = province(4)
    seen = 0
    for site, column in in_page(plan):
        shown = listing(plan, site, column, NOW)
        if not SHAPES[column.shape].listed:
            continue
        part = own_part(text_of(renderer, site, column.path), column)
        for item in shown.items:
            assert item.title in part
            assert item.path.rsplit("/", 1)[1] in part
            if item.shown:
                seen += 1
                assert column.writing.write(item.shown, NOW.date()) in part
    assert seen > 3000


def test_rows_without_dates_have_none_in_their_own_list() -> None:
    for seed in range(4):
        plan, renderer = province(seed)
        for shape in ("followed", "followed_unordered", "undated", "address_only"):
            for site, column in cells(plan, shape):
                part = own_part(text_of(renderer, site, column.path), column)
                assert not re.search(r'class="(?:date|time|fr)"[^>]*>[^<]*\d', part)
                assert "发布时间" not in part


def test_other_dates_stand_around_the_list() -> None:
    plan, renderer = province(5)
    texts = [text_of(renderer, site, column.path) for site, column in in_page(plan)]
    assert all("热门文章" in text for text in texts)
    for words in (
        f"本周推荐：政府公报</a><i>{NOW:%Y-%m-%d}</i>",
        "今天是 2026年11月20日 星期五",
        "页面生成时间 2026-11-20",
        "最后更新：2026-11-20",
    ):
        assert 0 < sum(words in text for text in texts) < len(texts)


def test_the_sidebar_often_bears_a_newer_date_than_the_column() -> None:
    plan, renderer = province(6)
    newer = 0
    for site, column in in_page(plan):
        newest = listing(plan, site, column, NOW).newest
        hot = re.findall(r"<i>(\d{4}-\d\d-\d\d)</i></li>", text_of(renderer, site, column.path))
        newer += newest is not None and max(hot) > newest.isoformat()
    assert newer > len(in_page(plan)) / 2


def test_an_empty_list_proves_itself_by_its_total_or_by_words() -> None:
    proofs = {"trs": "totalRecord:0", "hanweb": "totalRecord:0", "vsb": "共0条"}
    seen = set()
    for seed in range(4):
        plan, renderer = province(seed)
        for site, column in cells(plan, "blank_total"):
            text = text_of(renderer, site, column.path)
            assert column.layout.open in text
            assert proofs[site.dialect.name] in text
            seen.add(site.dialect.name)
        for site, column in cells(plan, "blank_text"):
            assert re.search("暂无(?:内容|数据|信息)", own_part(text_of(renderer, site, column.path), column))
            seen.add(site.dialect.name + " text")
    assert len(seen) == 6


def test_a_column_of_text_has_no_list_and_no_date_of_its_own() -> None:
    for seed in range(4):
        plan, renderer = province(seed)
        for site, column in cells(plan, "text"):
            text = text_of(renderer, site, column.path)
            assert column.layout.open not in text
            assert "PubDate" not in text
            assert "发布时间" not in text


def test_a_column_that_is_one_article_says_when_it_was_published() -> None:
    seen = 0
    for seed in range(4):
        plan, renderer = province(seed)
        for site, column in cells(plan, "single_article"):
            day = listing(plan, site, column, NOW).newest
            text = text_of(renderer, site, column.path)
            assert f'<meta name="PubDate" content="{day} ' in text
            assert f"发布时间：{day} " in text
            seen += 1
    assert seen


def test_article_pages_tell_their_time_except_in_undated_columns() -> None:
    for seed in range(4):
        plan, renderer = province(seed)
        for site, column in cells(plan):
            for item in listing(plan, site, column, NOW).items[:1]:
                text = text_of(renderer, site, item.path)
                assert item.title in text
                assert ("PubDate" in text) == (column.shape != "undated")
                assert (f"发布时间：{item.at:%Y-%m-%d %H:%M}" in text) == (column.shape != "undated")


@pytest.mark.parametrize("charset", CHARSETS)
def test_pages_decode_in_the_charset_they_are_written_in(charset: str) -> None:
    plan, renderer = province(7)
    sites = [site for site in plan.sites if site.declaration.charset == charset]
    assert sites
    for site in sites:
        page = renderer.page(site, site.columns[0].path)
        assert page is not None
        assert site.columns[0].name in page.body.decode(charset)
        if charset != "utf-8":
            with pytest.raises(UnicodeDecodeError):
                page.body.decode("utf-8")


def test_declarations_are_right_wrong_or_missing_as_drawn() -> None:
    assert declare("gbk", "header wrong").header == "utf-8"
    assert declare("gbk", "header wrong").meta == "gbk"
    assert declare("utf-8", "meta wrong").meta == "gb2312"
    assert declare("gb18030", "neither") == declare("gb18030", "neither").__class__("gb18030", None, None)
    drawn = set()
    for seed in range(6):
        for site in province(seed)[0].sites:
            told = site.declaration
            drawn.add((told.charset, told.header, told.meta))
    assert len(drawn) > len(WAYS) * 2


def test_the_page_declares_what_the_model_says() -> None:
    plan, renderer = province(8)
    for site in plan.sites:
        page = renderer.page(site, "/")
        assert page is not None
        told = re.search(rb'http-equiv="Content-Type" content="text/html; charset=([\w-]+)"', page.body)
        assert (told.group(1).decode() if told else None) == site.declaration.meta
        header = dict(page.headers)["Content-Type"]
        assert header == (f"text/html; charset={site.declaration.header}" if site.declaration.header else "text/html")


def test_titles_bear_event_dates_document_numbers_and_deadlines() -> None:
    plan, _ = province(9)
    titles = " ".join(item.title for s, c in cells(plan) for item in listing(plan, s, c, NOW).items)
    assert re.search(r"〔2026〕\d+号", titles)
    assert re.search(r"截止2026-\d\d-\d\d", titles)
    assert re.search(r"2026年\d+月\d+日", titles)


def test_another_day_is_another_page() -> None:
    plan, renderer = province(10, faults=False)
    site = plan.sites[0]
    before = text_of(renderer, site, "/")
    renderer.turn(NOW + timedelta(days=14))
    after = text_of(renderer, site, "/")
    assert before != after
    renderer.turn(NOW)
    assert text_of(renderer, site, "/") == before


def test_the_cache_drops_pages_rather_than_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, renderer = province(11, faults=False)
    monkeypatch.setattr("province.renderer.MOST_KEPT", 100_000)
    first = renderer.page(plan.sites[0], "/")
    for site, column in cells(plan)[:20]:
        renderer.page(site, column.path)
    again = renderer.page(plan.sites[0], "/")
    assert again == first
    assert again is not first


def test_a_path_that_nothing_links_to_has_no_page() -> None:
    plan, renderer = province(12)
    assert renderer.page(plan.sites[0], "/nothing/") is None
