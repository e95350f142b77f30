"""Further sentences that WeChat shows where a post was, in both spellings of 帐号 (newmedia.md §3). Data."""

from typing import Final

from province.wechat import STATES, State

_GONE: Final = ("soft_404", "ok")
_MORE: Final = (
    ("deleted_by_author", "item_deleted", "内容已被作者删除"),
    ("deleted_by_sender", "item_deleted", "该内容已被发送人删除"),
    ("suspected", "item_blocked", "该内容被投诉且经审核涉嫌违规，无法查看。"),
    ("complained", "item_blocked", "此内容被多人投诉，相关的内容无法进行查看。"),
    ("failed", "item_blocked", "此内容发送失败无法查看"),
    ("impostor", "item_blocked", "投诉类型：冒名侵权"),
    ("stopped", "item_blocked", "已停止访问该网页"),
    ("bad_parameter", "link_expired", "参数错误"),
    ("closed", "cancelled", "此账号已自主注销，内容无法查看"),
    ("closed_for_good", "cancelled", "此帐号已注销，内容无法查看"),
    ("shut", "blocked", "此账号已被屏蔽, 内容无法查看"),
    ("moving", "migrating", "此账号已申请账号迁移"),
)
_OURS: Final = (
    State("frequent", 0, "unknown", "asked too often", "访问过于频繁，请用微信扫描二维码进行访问", ("challenged",), ("none",)),
    State("busy", 0, "unknown", "an error of the platform", "系统出错", ("inconclusive",), ("none",)),
    State("unheard_of", 0, "unknown", "words nobody knows", "该内容暂时无法展示", ("ok",), ("unknown",)),
)

NOTICES: Final = {name: State(name, 0, account, "another sentence", words, _GONE) for name, account, words in _MORE} | {
    row.name: row for row in _OURS
}
"""State -> the page, as in `wechat.STATES`."""

ALL_STATES: Final = STATES | NOTICES
