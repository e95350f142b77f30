"""A list inside a frame of the same host, and a shell that is nothing without a browser (page-conventions.md §5)."""

from html import escape
from typing import Final

from province.deliveries.form import UTF8_HTML, Ask, Delivery, Reply, Scene
from province.rows import rows


def frame_path(scene: Scene) -> str:
    return f"/iframe/{scene.column.code}/list.html"


def _page(scene: Scene) -> str:
    return (
        f'<iframe id="listFrame" name="listFrame" src="{frame_path(scene)}" width="100%" height="900" frameborder="0" '
        'scrolling="no"></iframe>'
    )


def _frame(scene: Scene, ask: Ask) -> Reply | None:
    if ask.path != frame_path(scene):
        return None
    column, site = scene.column, scene.site
    charset = site.declaration.meta
    declared = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">' if charset else ""
    told = "\n".join(rows(column, scene.shown, scene.moment, relative=False))
    return Reply(
        f"<!DOCTYPE html>\n<html><head>{declared}<title>{column.name}</title></head>\n<body>{column.layout.open}\n{told}\n"
        f"{column.layout.close}\n{site.dialect.pager(scene.shown.total, column.rows, column.path)}</body></html>\n",
        None,
    )


def _shell(scene: Scene) -> Reply:
    """Some 600 bytes, as single-page applications have."""
    name = escape(scene.site.name)
    return Reply(
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><meta http-equiv="X-UA-Compatible" content="IE=edge">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="/favicon.ico"><title>{name}'
        '</title><link href="/css/app.1f0e7c2a.css" rel="preload" as="style"></head><body><noscript><strong>请启用JavaScript'
        '后继续访问。</strong></noscript><div id="app"></div><script src="/js/chunk-vendors.84b1c9d0.js"></script>'
        '<script src="/js/app.c1d0aa37.js"></script></body></html>',
        UTF8_HTML,
    )


DELIVERIES: Final = (
    Delivery("iframe", "a list in a frame of the same host", body=_page, answer=_frame),
    Delivery("spa", "a shell of 600 bytes", whole=_shell, states=("dynamic", "unknown")),
)
