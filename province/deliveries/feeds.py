"""Columns that are feeds: RSS 2.0, Atom and JSON Feed, each with its own stamp that is never an item's date."""

import json
from datetime import date, datetime
from email.utils import format_datetime
from html import escape
from typing import Final

from province.deliveries.form import Delivery, Reply, Scene, Variants
from province.dialects.form import Address
from province.listing import Item


def _content(column: str, day: date, number: int) -> str:
    return f"/content/c{number}/content.html"


_ADDRESS: Final = Address("content", _content, False)


def _at(item: Item) -> datetime:
    return item.shown or item.at


def _home(scene: Scene) -> str:
    return f"{scene.site.scheme}://{scene.site.host}"


def _rss(scene: Scene) -> Reply:
    items = "\n".join(
        f"<item><title>{escape(item.title)}</title><link>{_home(scene)}{item.path}</link>"
        f"<description><![CDATA[<p>{item.title}</p>]]></description><pubDate>{format_datetime(_at(item))}</pubDate>"
        f'<guid isPermaLink="false">{item.number}</guid></item>'
        for item in scene.shown.items
    )
    stamp = format_datetime(scene.moment)
    return Reply(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>{escape(scene.column.name)}</title>'
        f"<link>{_home(scene)}/</link><description>{escape(scene.site.name)}</description><language>zh-cn</language>"
        f"<lastBuildDate>{stamp}</lastBuildDate><pubDate>{stamp}</pubDate>\n{items}\n</channel></rss>\n",
        "application/rss+xml; charset=UTF-8" if scene.site.number % 2 else "text/xml",
    )


def _atom(scene: Scene) -> Reply:
    entries = "\n".join(
        f'<entry><title>{escape(item.title)}</title><link href="{_home(scene)}{item.path}"/><id>urn:yl:{item.number}</id>'
        f"<published>{_at(item).isoformat()}</published><updated>{_at(item).isoformat()}</updated></entry>"
        for item in scene.shown.items
    )
    return Reply(
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>{escape(scene.column.name)}'
        f"</title><id>urn:yl:{scene.column.key}</id><updated>{scene.moment.isoformat()}</updated>\n{entries}\n</feed>\n",
        "application/atom+xml",
    )


def _json(scene: Scene) -> Reply:
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": scene.column.name,
        "home_page_url": f"{_home(scene)}/",
        "items": [
            {
                "id": str(item.number),
                "url": f"{_home(scene)}{item.path}",
                "title": item.title,
                "content_text": item.title,
                "date_published": _at(item).isoformat(),
            }
            for item in scene.shown.items
        ],
    }
    return Reply(json.dumps(data, ensure_ascii=False), "application/feed+json")


DELIVERIES: Final = (
    Delivery(
        "rss", "an RSS 2.0 feed", whole=_rss, feed=True,
        places=Variants(lambda parent, slug, number: f"/rss/{slug}.xml", _ADDRESS),
    ),
    Delivery(
        "atom", "an Atom feed", whole=_atom, feed=True,
        places=Variants(lambda parent, slug, number: f"/feed/{slug}/atom.xml", _ADDRESS),
    ),
    Delivery(
        "jsonfeed", "a JSON Feed", whole=_json, feed=True,
        places=Variants(lambda parent, slug, number: f"/feed/{slug}.json", _ADDRESS),
    ),
)  # fmt: skip
