"""Pages that stand where a column should: anti-bot layers (page-conventions.md §7), error pages, parked domains."""

from typing import Final, NamedTuple

from province.answers import Header, answer
from province.behaviours.case import Behaviour, Case


class Refusal(NamedTuple):
    """A fixed answer. `html` may hold {token}, sixteen hexadecimal digits of the page asked for, and {host}."""

    status: int
    headers: tuple[Header, ...]
    html: str


def _page(title: str, body: str, head: str = "") -> str:
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{title}</title>{head}</head>\n<body>{body}</body></html>\n'
    )


REFUSALS: Final = {
    "challenge_412": Refusal(
        412,
        (("Set-Cookie", "FSSBBIl1UgzbN7N80S={token}; Path=/; HttpOnly"), ("Cache-Control", "no-store")),
        _page(
            "",
            "",
            "<meta content=\"{token}{token}{token}qqRrSsTt\" r='m'><script type=\"text/javascript\" r='m'>"
            "$_ts=window['$_ts'];if(!$_ts)$_ts={{}};$_ts.nsd=28419;$_ts.cd=\"{token}\";function _$aB(_$cD){{return _$cD}}"
            '</script><script type="text/javascript" charset="iso-8859-1" src="/{token}.js" r=\'m\'></script>',
        ),
    ),
    "challenge_521": Refusal(
        521,
        (("Set-Cookie", "__jsluid_h={token}; max-age=31536000; path=/; HttpOnly"),),
        "<script>document.cookie=('_')+('_')+('j')+('s')+('l')+('_clearance')+('=')+(1+'7')+('|0|{token}')+"
        "';max-age=3600;path=/';location.href=location.pathname+location.search</script>",
    ),
    "challenge_405": Refusal(
        405,
        (("Set-Cookie", "acw_tc={token}; path=/; HttpOnly; Max-Age=1800"),),
        _page(
            "405",
            '<div class="main"><h1>405</h1><p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p>'
            "<p>您的请求ID是：{token}</p></div>",
        ),
    ),
    "challenge_acw": Refusal(
        200,
        (("Set-Cookie", "acw_tc={token}; path=/; HttpOnly; Max-Age=1800"),),
        "<html><script>var arg1='{token}{token}';var _0x4818=['csKHwqMI'];function setCookie(n,v){{"
        'document.cookie=n+"="+v;}}function reload(x){{setCookie("acw_sc__v2",x);document.location.reload();}}'
        "</script></html>",
    ),
    "challenge_c3vk": Refusal(
        200,
        (("Set-Cookie", "C3VK={token}; path=/; max-age=300"),),
        '<html><head><script>document.cookie="C3VK={token}; max-age=300; path=/";'
        "window.location.reload();</script></head><body></body></html>",
    ),
    "firewall_403": Refusal(
        403,
        (),
        _page(
            "网站防火墙",
            "<h2>网站防火墙</h2><p>您的请求带有不合法参数，已被网站管理员设置拦截！访问被拦截，如有疑问请联系网站管理员。</p>"
            "<p>事件编号：{token}</p>",
        ),
    ),
    "soft_404": Refusal(
        200,
        (),
        _page(
            "提示信息",
            '<div class="err"><p>对不起，您访问的栏目不存在或已被删除！</p><p><a href="/">返回首页</a></p></div>',
        ),
    ),
    "http_404": Refusal(404, (), _page("404", "<h1>404</h1><p>抱歉，您访问的页面不存在</p><p>页面生成于 2026-01-01</p>")),
    "http_500": Refusal(500, (), _page("HTTP Status 500", "<h1>HTTP Status 500</h1><p>java.lang.NullPointerException</p>")),
    "http_503": Refusal(
        503, (("Retry-After", "2"),), _page("503", "<center><h1>503 Service Temporarily Unavailable</h1></center>")
    ),
    "parked": Refusal(
        200,
        (),
        _page(
            "{host} 域名出售",
            "<h1>此域名正在出售</h1><p>{host} 本域名待售，一口价 8,800 元，欢迎咨询购买此域名。</p>"
            '<ul class="related"><li><a href="/s?q=1">相关搜索：装修报价</a></li><li><a href="/s?q=2">办公家具</a></li></ul>',
        ),
    ),
}


def refuse(name: str, host: str, token: str) -> bytes:
    """The refusal `name` as `host` gives it."""
    row = REFUSALS[name]
    body = row.html.format(token=token, host=host).encode()
    headers = [(key, value.format(token=token)) for key, value in row.headers]
    return answer(row.status, body, headers, "text/html; charset=utf-8")


def _behaviour(name: str) -> Behaviour:
    def behaviour(case: Case) -> bytes:
        return refuse(name, case.site.host, f"{case.draw('token'):016x}")

    return behaviour


BEHAVIOURS: Final[dict[str, Behaviour]] = {name: _behaviour(name) for name in REFUSALS}
