"""WeChat pages behind `https://mp.weixin.qq.com/s/…`: articles, and what stands there instead (newmedia.md §3)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from html import escape
from typing import Final

from province.answers import Header, answer
from province.model import Account, Plan
from province.seeds import number
from province.titles import TOPICS, title

CAPTCHA_PATH: Final = "/mp/wappoc_appmsgcaptcha"
_UTF8: Final = "text/html; charset=UTF-8"


@dataclass(frozen=True)
class State:
    """One kind of page an account's article address can show.

    account   what may be said of the account (architecture.md, account.state)
    outcomes  a page that says that something is gone is a soft 404, and it did open
    words     the page's own sentence; empty for a live article
    """

    name: str
    weight: int
    account: str
    why: str
    words: str = ""
    outcomes: tuple[str, ...] = ("soft_404", "ok")
    states: tuple[str, ...] = ("none", "unknown")


STATES: Final = {
    row.name: row
    for row in (
        State("alive", 24, "alive", "an article with its `ct`", outcomes=("ok",), states=("article",)),
        State("deleted", 2, "item_deleted", "deleted by its publisher", "该内容已被发布者删除"),
        State("violation", 1, "item_blocked", "blocked for a violation", "此内容因违规无法查看"),
        State("infringed", 1, "item_blocked", "blocked after a complaint", "此内容被投诉且经审核涉嫌侵权，无法查看。"),
        State("private", 1, "item_private", "private", "根据作者隐私设置，无法查看该内容"),
        State("expired", 1, "link_expired", "the link has expired", "链接已过期"),
        State("cancelled", 1, "cancelled", "the account was given up", "此帐号已自主注销，内容无法查看"),
        State("blocked", 1, "blocked", "the account is blocked", "此帐号已被屏蔽, 内容无法查看"),
        State("migrating", 1, "migrating", "the account is being moved", "此帐号处于帐号迁移流程中"),
        State("migrated", 1, "migrated", "the account was moved", "该公众号已迁移至新的帐号，原帐号已回收。"),
        State(
            "captcha", 1, "unknown", "a captcha, 200", "当前环境异常，完成验证后即可继续访问。", ("challenged",), ("none",)
        ),
        State("captcha_redirect", 1, "unknown", "sent to a captcha", "环境异常", ("challenged",), ("none",)),
    )
}  # fmt: skip


def published(plan: Plan, account: Account) -> datetime:
    """When the account's article was published, Beijing time."""
    bits = number(plan.seed, account.code)
    day = plan.base - timedelta(days=account.age)
    clock = time(8 + bits % 10, bits // 16 % 60, bits // 1024 % 60)
    return min(datetime.combine(day, clock, plan.now.tzinfo), plan.now)


def wechat_answer(plan: Plan, account: Account) -> bytes:
    """The whole answer at the account's address."""
    if account.state == "captcha_redirect":
        place: Header = ("Location", f"{CAPTCHA_PATH}?poc_token={number(account.code):016x}&target_url={account.path}")
        return answer(302, b"", [place], None)
    if account.state == "alive":
        return answer(200, _article(plan, account).encode(), (), _UTF8)
    return notice(STATES[account.state])


def notice(state: State) -> bytes:
    """A page of one sentence, as WeChat answers with 200 for what is not there."""
    button = '<a class="weui-btn weui-btn_primary" id="js_verify">去验证</a>' if "captcha" in state.name else ""
    text = (
        '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>微信公众平台</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1.0"></head>\n<body id="activity-detail">'
        '<div class="weui-msg"><div class="weui-msg__icon-area"><i class="weui-icon-warn weui-icon_msg"></i></div>'
        f'<div class="weui-msg__text-area"><h2 class="weui-msg__title">{state.words}</h2>{button}</div></div>\n'
        '<script>var biz = ""; var sn = "" || ""; window.logs = {pagetime: {}};</script></body></html>\n'
    )
    return answer(200, text.encode(), (), _UTF8)


def _article(plan: Plan, account: Account) -> str:
    at = published(plan, account)
    name = escape(account.name)
    heading = escape(title(f"{plan.seed}/{account.code}", at.date(), account.region, account.unit))
    words = "".join(
        f'<section><p style="margin: 0px;"><span style="font-size: 15px;">{topic}工作有序推进，{escape(account.unit)}'
        f"提醒广大居民关注天气变化。</span></p></section>\n"
        for topic in TOPICS
    )
    biz = f"{number(account.code, 'biz'):016x}"
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{heading}</title>\n'
        f'<meta property="og:title" content="{heading}"><meta property="og:url" content="http://mp.weixin.qq.com{account.path}">'
        f'<meta property="og:site_name" content="微信公众平台"></head>\n<body id="activity-detail" class="zh_CN">\n'
        f'<div id="js_article"><h1 class="rich_media_title" id="activity-name">{heading}</h1>\n'
        f'<div id="meta_content"><a class="wx_tap_link wx_follow_nickname" id="js_name">{name}</a>'
        f'<em id="publish_time" class="rich_media_meta rich_media_meta_text"></em></div>\n'
        f'<div class="rich_media_content" id="js_content" style="visibility: hidden;">{words}</div></div>\n'
        f'<script type="text/javascript" nonce="{biz[:9]}">\nvar biz = "{biz}" || "";\nvar sn = "" || "";\n'
        f'var mid = "{2_247_483_647 + number(account.code) % 90_000}" || "";\nvar idx = "1";\n'
        f'window.real_item_show_type = "0";\nvar svr_time = "{int(plan.now.timestamp())}";\n'
        f'var ct = "{int(at.timestamp())}";\nvar user_name = "gh_{biz[:12]}";\nvar nickname = "{name}";\n'
        "</script></body></html>\n"
    )
