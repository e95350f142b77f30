"""What a careful human would say of the cast: of what each registered address shows, and of each account by the best view."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from province.model import Plan
from province.newmedia.bridges import PROGRAMS
from province.newmedia.cast import STALE_DAYS
from province.newmedia.model import Media
from province.newmedia.notices import ALL_STATES
from province.newmedia.platforms import STATES
from province.newmedia.posts import newest
from province.newmedia.world import wechat_account
from province.wechat import published

REPORTS = ("账号标识", "账号名称", "类型", "最近更新时间", "链接", "填报人", "填报时间")


def media_line(plan: Plan, media: Media, moment: datetime) -> dict[str, Any]:
    """The line of truth of the account's registered address."""
    if media.platform == "wechat":
        page = ALL_STATES[media.state]
        outcomes, states, account, why = list(page.outcomes), list(page.states), [page.account], page.why
        day = published(plan, wechat_account(media)).date().isoformat() if media.state == "alive" else None
    else:
        shown = STATES[media.state]
        outcomes, states, account, why = list(shown.outcomes), list(shown.states), list(shown.account), shown.why
        day = newest(plan.seed, plan.now, media, moment).date().isoformat() if shown.dated else None
    words = f"{media.platform}; {why}" + (f"; {media.story}" if media.story else "")
    return {
        "target": media.code,
        "kind": "account",
        "outcomes": outcomes,
        "states": states,
        "newest": day,
        "why": words,
        "account": account,
    }


def best_view(plan: Plan, media: Media, moment: datetime) -> dict[str, Any]:
    """What all views together tell of an account at `moment`, all bridges being well.

    seen_by  bridge_feed, operator_report, public_http, or nobody; stale: without a post for two weeks, None where nobody
             can tell; gone: the account's state where the platform says that it is none any more
    """
    last = newest(plan.seed, plan.now, media, moment)
    view, day = _seen_by(plan, media, last)
    stale = None if view in ("nobody", "public_post") else moment - last >= timedelta(days=STALE_DAYS)
    account = ALL_STATES[media.state].account if media.platform == "wechat" else None
    gone = account if account in ("cancelled", "migrated", "blocked") else None
    return {
        "code": media.code,
        "name": media.name,
        "type": media.type,
        "seen_by": view,
        "newest": day,
        "stale": stale,
        "gone": gone,
        "bridge": media.bridge,
        "feed": media.feed,
        "story": media.story,
    }


def _seen_by(plan: Plan, media: Media, last: datetime) -> tuple[str, str | None]:
    if media.bridge:
        return "bridge_feed", last.date().isoformat()
    if media.told:
        return "operator_report", (plan.now - timedelta(days=media.told.days)).date().isoformat()
    if media.platform != "wechat" and STATES[media.state].dated:
        return "public_http", last.date().isoformat()
    if media.platform == "wechat" and media.state == "alive":
        return "public_post", last.date().isoformat()
    return "nobody", None


def best_views(plan: Plan, moment: datetime) -> Iterator[dict[str, Any]]:
    return (best_view(plan, media, moment) for media in plan.cast.media)


def reports_csv(plan: Plan) -> str:
    """The operators' reports of the province's first day, as a table that a unit hands in."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(REPORTS)
    for media in plan.cast.media:
        if media.told:
            day = (plan.now - timedelta(days=media.told.days)).date().isoformat()
            at = plan.now.strftime("%Y-%m-%d %H:%M")
            writer.writerow((media.code, media.name, media.type, day, media.told.link, media.told.reporter, at))
    return out.getvalue()


def settings(plan: Plan) -> list[dict[str, Any]]:
    """The bridges as settings name them: base address, token and its place (None: the profile's), and which feed is whose."""
    return [
        {
            "name": bridge.name,
            "profile": bridge.profile,
            "base": f"http://{bridge.host}",
            "token": bridge.token,
            "token_place": "bearer" if PROGRAMS[bridge.profile].token == "bearer" else None,
            "accounts": {
                m.code: {"id": m.feed if m.platform == "wechat" else m.ident, "type": m.type, "path": f"feeds/{m.feed}.json"}
                for m in plan.cast.media
                if m.bridge == bridge.name
            },
        }
        for bridge in plan.cast.bridges
    ]
