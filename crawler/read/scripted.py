"""Signs that a script fills a page's list (page-conventions.md §3 and §5), as data: most telling first."""

import re
from typing import Final

SCRIPTED: Final = (
    ("jpage", ("dataproxy.jsp", "<nextgroup>"), None),
    ("jpaas", ("queryData=", "querydata=", "queryData =", "jpaas-publish-server", "/build/unit"), None),
    ("gkmlpt", ("window._CONFIG", "/gkmlpt/api/"), None),
    ("ucap", ("/common/search/",), re.compile(r"/common/search/[0-9a-f]{8,}")),
    ("igs", ("/igs/front/", ".jhtml?code="), None),
    ("epoint", ("EpointWebBuilder", "frontAppCustomAction", "/inteligentsearch/"), None),
    ("trs_search", ("/searchList/", "getFileListByCodeId"), None),
    ("trs_search", ("channelId",), re.compile(r"channelId\s*[:=]\s*[\"'][0-9a-f]{32}")),
    ("template", ("v-for=", "ng-repeat=", "ms-for=", "ms-repeat=", "v-for ="), None),
    ("template", ("{{",), re.compile(r"\{\{\s*(?:item|list|row|data)\b")),
    (
        "application",
        ("id=app", 'id="app"', "id='app'", 'id="root"', 'id="__nuxt"', 'id="__next"'),
        re.compile(r"<div\s+id=[\"']?(?:app|root|__nuxt|__next)[\"']?[^<>]*>\s*(?:</div>|<noscript)"),
    ),
    (
        "template_script",
        ("text/html", "text/template", "text/x-"),
        re.compile(
            r"<script[^<>]{1,300}type\s*=\s*[\"']text/(?:html|template|x-(?:handlebars|jsrender|template|tmpl|dot-template))"
        ),
    ),
    ("fetch_list", ("fetch(", "axios"), re.compile(r"\b(?:fetch|axios(?:\.get|\.post)?)\s*\(\s*[\"'`]")),
    (
        "frame",
        ("<iframe", "<IFRAME"),
        re.compile(r"<iframe[^<>]{1,500}\b(?:id|name)\s*=\s*[\"']?\w*(?:main|list|content|right|frame)", re.IGNORECASE),
    ),
)
"""Dialects that bring a list by script: name, words of which one must occur, and where these are not telling an expression."""

_ASKS: Final = re.compile(r"\$\.(?:ajax|getJSON|post|get)\s*\(")
_INSERTS: Final = re.compile(r"\.(?:html|append|before|after)\s*\(")
_MOST_CALLS: Final = 40


def scripted(text: str) -> str | None:
    """The name of the script dialect that fills this page's list, or None."""
    for name, words, form in SCRIPTED:
        if any(word in text for word in words) and (form is None or form.search(text)):
            return name
    for call, _ in zip(_ASKS.finditer(text), range(_MOST_CALLS), strict=False):
        if _INSERTS.search(text, call.end(), call.end() + 1_500):
            return "ajax_list"
    return None
