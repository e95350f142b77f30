"""The platforms of a province: every state of every platform is served, and read as the truth says."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.accounts.reader import read_account
from crawler.read.page import Page
from province import Province
from province.newmedia.model import Media
from province.newmedia.notices import ALL_STATES, NOTICES
from province.newmedia.platforms import PLATFORMS, STATES
from province.newmedia.posts import SHOWN, newest, pinned, posts
from province.newmedia.truth import best_views, media_line
from register import load, read_accepted
from register.model import Subject, Target
from tests.province.client import NOW, Seen, ask, running


def build(seed: int = 7, **more: object) -> Province:
    return Province(6, 2, 3, seed, True, NOW, newmedia=True, **more)  # type: ignore[arg-type]


@pytest.fixture
async def province() -> AsyncIterator[Province]:
    async with running(build()) as made:
        yield made


def at(media: Media) -> tuple[str, str]:
    host, _, path = media.url.partition("://")[2].partition("/")
    return host, f"/{path}"


async def fetch(province: Province, media: Media) -> Seen:
    return await ask(province, *at(media))


def is_as_told(line: dict[str, object], media: Media, seen: Seen, province: Province) -> str | None:
    """What is wrong with the reading of `seen` by its line of truth; None where nothing is."""
    kind = (seen.header("Content-Type") or b"").decode()
    found = read_account(Page(seen.body, media.url, province.moment, "account", kind), media.type)
    outcome = found.outcome or "ok"
    state, day = (found.reading.state, (found.reading.newest or "")[:10] or None) if outcome == "ok" else ("none", None)
    for name, said in (("outcomes", outcome), ("states", state), ("account", found.account_state)):
        allowed = line[name]
        assert isinstance(allowed, list)
        if said not in allowed:
            return f"{media.url}: {name} {said}, allowed {allowed}"
    return None if day == line["newest"] else f"{media.url}: {day}, true {line['newest']}"


def test_without_the_wish_for_it_there_is_none() -> None:
    plain = Province(6, 2, 3, 7, True, NOW)
    assert (plain.plan.cast.media, plain.plan.cast.bridges) == ((), ())


def test_sites_and_articles_are_the_same_with_and_without_it() -> None:
    plain = Province(6, 2, 3, 7, True, NOW)
    with_it = build()
    assert (plain.plan.sites, plain.plan.accounts) == (with_it.plan.sites, with_it.plan.accounts)


def test_every_platform_shows_every_state_it_can_be_in() -> None:
    shown = {(media.platform, media.state) for media in build().plan.cast.media}
    assert {(name, state) for name, row in PLATFORMS.items() for state in row.states} <= shown


def test_wechat_shows_every_notice_too() -> None:
    shown = {media.state for media in build().plan.cast.media if media.platform == "wechat"}
    assert shown == set(ALL_STATES)
    assert NOTICES.keys().isdisjoint(STATES)


def test_codes_and_addresses_are_of_one_account_each() -> None:
    for seed in range(5):
        cast = build(seed).plan.cast.media
        assert len({media.code for media in cast}) == len(cast)
        assert len({media.url for media in cast}) == len(cast)


async def test_every_address_is_read_as_the_truth_says(province: Province) -> None:
    wrong, answered = [], 0
    for media in province.plan.cast.media:
        seen = await fetch(province, media)
        if seen.status == 200:
            answered += 1
            wrong.append(is_as_told(media_line(province.plan, media, province.moment), media, seen, province))
    assert [words for words in wrong if words] == []
    assert answered >= len(province.plan.cast.media) - 3


async def test_a_limit_is_told_by_status_and_header(province: Province) -> None:
    media = next(media for media in province.plan.cast.media if media.state == "limited")
    seen = await fetch(province, media)
    assert (seen.status, seen.header("Retry-After")) == (429, b"120")


async def test_lists_go_on_as_days_go_by(province: Province) -> None:
    media = next(media for media in province.plan.cast.media if (media.platform, media.state) == ("bilibili", "list"))
    before = media_line(province.plan, media, province.moment)["newest"]
    province.advance(10)
    line = media_line(province.plan, media, province.moment)
    assert line["newest"] > before
    assert is_as_told(line, media, await fetch(province, media), province) is None


def test_posts_are_the_newest_first_none_of_them_ahead_and_the_same_at_every_look() -> None:
    plan = build().plan
    for media in plan.cast.media:
        for days in (0, 3.5, 40):
            moment = NOW + timedelta(days=days)
            rows = posts(plan.seed, NOW, media, moment)
            assert rows == posts(plan.seed, NOW, media, moment)
            assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)
            assert rows[0].at <= moment
            assert len({row.ident for row in rows}) == len(rows) == SHOWN


def test_an_account_given_up_gets_no_posts_however_long_one_waits() -> None:
    plan = build().plan
    for media in plan.cast.media:
        if not media.alive:
            assert newest(plan.seed, NOW, media, NOW + timedelta(days=60)) == newest(plan.seed, NOW, media, NOW)


def test_a_pinned_post_is_older_than_all_others_shown() -> None:
    plan = build().plan
    tops = [(media, top) for media in plan.cast.media if (top := pinned(plan.seed, NOW, media))]
    assert tops
    for media, top in tops:
        assert top.at < posts(plan.seed, NOW, media, NOW)[-1].at


def test_the_rows_that_circulars_print_are_there_and_stale_or_gone() -> None:
    views = [view for view in best_views(build().plan, NOW) if view["story"]]
    by_type = [(view["type"], view["seen_by"], view["stale"], view["gone"]) for view in views]
    assert ("微信视频号", "operator_report", True, None) in by_type
    assert ("今日头条", "bridge_feed", True, None) in by_type
    assert by_type.count(("微信订阅号", "bridge_feed", True, None)) == 1
    assert by_type.count(("微信公众号", "bridge_feed", True, None)) == 3
    assert ("微信公众号", "nobody", None, "cancelled") in by_type
    assert len(by_type) == 8


def test_nothing_but_what_is_told_stale_is_stale() -> None:
    for seed in range(4):
        for view in best_views(build(seed).plan, NOW):
            assert bool(view["stale"]) == (bool(view["story"]) and view["seen_by"] not in ("nobody", "public_post"))


def test_one_post_is_no_view_from_which_silence_can_be_told() -> None:
    views = [view for view in best_views(build().plan, NOW) if view["seen_by"] in ("public_post", "nobody")]
    assert views
    assert all(view["stale"] is None for view in views)


def test_every_state_allows_something() -> None:
    for row in STATES.values():
        assert row.outcomes
        assert row.states
        assert row.account
        assert row.why


def test_the_register_takes_every_account_and_keeps_its_type_as_printed(tmp_path: Path) -> None:
    province = build()
    province.write(tmp_path)
    register = load(tmp_path / "register", tmp_path / "kept")
    assert register.totals["bad"] == 0
    rows = list(read_accepted(register.path))
    types = {row.code: row.platform for row in rows if isinstance(row, Subject) and row.kind == "account"}
    urls = {row.key: row.url for row in rows if isinstance(row, Target) and row.kind == "account"}
    for media in province.plan.cast.media:
        assert types[media.code] == media.type
        assert media.code in urls
    lines = {line["target"] for line in province.truth()}
    assert {media.code for media in province.plan.cast.media} <= lines
