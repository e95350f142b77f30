"""What items are called: made-up titles with the traps real ones have (event dates, deadlines, document numbers)."""

from datetime import date, timedelta
from typing import Final

from province.seeds import number

TEMPLATES: Final = (
    "{place}召开{topic}工作推进会",
    "{unit}关于做好{year}年{topic}工作的通知",
    "关于印发《{place}{topic}实施方案》的通知（云府办发〔{year}〕{no}号）",
    "{unit}开展{topic}专题培训",
    "关于{event_cn}起调整{topic}办事窗口的公告",
    "{place}{event_cn}举行{topic}现场会",
    "关于{topic}项目公开征求意见的公告（截止{deadline}）",
    "{place}{year}年第{quarter}季度{topic}情况通报",
    "{unit}领导赴基层调研{topic}工作",
    "云办函〔{year}〕{no}号 关于{topic}有关事项的批复",
    "{topic}：{place}的一线做法",
    "关于对{topic}先进集体拟表彰对象的公示",
    "{unit}{event_month}{topic}工作要点",
    "图说｜{topic}这一年",
    "{place}人民政府令第{no}号（{event_cn}公布）",
    "【政策问答】{topic}办理常见问题（第{no}期）",
    "{unit}“{topic}”活动圆满结束",
    "转发关于进一步加强{topic}管理的若干意见的通知",
    "{place}{topic}专项检查结果公示（报名截止日期：{deadline}）",
    "{year}年度{topic}补助资金分配结果公告",
)
TOPICS: Final = (
    "防汛抗旱", "森林防火", "营商环境优化", "基层治理", "养老服务", "春耕备耕", "老旧小区改造", "义务教育招生",
    "食品安全", "农村公路养护", "文化惠民", "医保参保", "退役军人就业", "数据共享", "城乡供水", "节能降碳",
    "乡村旅游", "职业技能提升", "安全生产百日行动", "冬季供暖保障", "档案规范化", "河湖长制", "政务公开", "困难群众救助",
)  # fmt: skip


def title(key: str, day: date, place: str, unit: str) -> str:
    """The title of the item `key`, published on `day`. The dates within it are never its publication date."""
    bits = number("title", key)
    event = day + timedelta(days=3 + bits % 23)
    deadline = day + timedelta(days=10 + bits % 37)
    return TEMPLATES[bits % len(TEMPLATES)].format(
        place=place,
        unit=unit,
        topic=TOPICS[bits // 64 % len(TOPICS)],
        year=day.year,
        no=1 + bits // 4096 % 180,
        quarter=(day.month - 1) // 3 + 1,
        event_cn=f"{event.year}年{event.month}月{event.day}日",
        event_month=f"{event.month}月份",
        deadline=deadline.isoformat(),
    )
