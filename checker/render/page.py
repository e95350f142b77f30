"""The circular as one self-contained page: figures, charts, tables with a filter, and what every row rests on.

Nothing is loaded from anywhere; the content security policy allows the page's own script and style by their digests only.
"""

import base64
from hashlib import sha256
from html import escape
from typing import Final

from checker.circular.model import Annex, Chart, Circular, Proof, Row, Slip, Statistic
from checker.render.pageparts import SCRIPT, STYLE
from checker.render.safe import clean, spans, web

_SOURCES: Final = {"observed": "监测", "stated": "报送", "derived": "由报送数据计算"}
_SHORT: Final = 6
_FILTER_FROM: Final = 4
"""Rows from which a table has a filter."""
_DECIDED: Final = {"observation": "监测判定", "manual": "人工判定"}


def render(circular: Circular) -> bytes:
    """UTF-8 HTML. All data is escaped; only http(s) addresses become links."""
    parts = [
        _head(circular),
        _cards(circular),
        "".join(map(_chart, circular.charts)),
        _body(circular),
        "".join(_annex(number, annex) for number, annex in enumerate(circular.annexes, 1)),
        _statistics(circular.statistics),
        _slips(circular.slips),
        _lines("说明", circular.notes, "note"),
        _lines("警告：以下内容前后不一致，请核对", circular.warnings, "warning"),
        f"</main><script>{SCRIPT}</script></body></html>\n",
    ]
    return "\n".join(part for part in parts if part).encode("utf-8")


def _head(circular: Circular) -> str:
    policy = (
        f"default-src 'none'; style-src '{_digest(STYLE)}'; script-src '{_digest(SCRIPT)}'; base-uri 'none'; form-action 'none'"
    )
    meta = (("监测时间点", circular.T), ("规则", "、".join(circular.rules)), ("名录", circular.register))
    lines = "".join(f"<dt>{name}</dt><dd>{_text(value)}</dd>" for name, value in meta if value)
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
        f"<title>{_text(circular.title)}</title><style>{STYLE}</style></head><body><main>"
        f'<p class="number">{_text(circular.number or "")}</p><h1>{_text(circular.title)}</h1><dl class="meta">{lines}</dl>'
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(sha256(text.encode()).digest()).decode()


def _cards(circular: Circular) -> str:
    """The rates, each with the numbers it is of."""
    cards = ""
    names = {"sites": "政府网站", "sections": "信息公开专栏", "accounts": "政务新媒体", "columns": "网站栏目"}
    figures = {figure.key: figure for figure in circular.statistics}
    for kind, name in names.items():
        share = figures.get(f"{kind}.pass_rate")
        if share is not None and share.denominator:
            cards += (
                f'<div class="card"><b>{_text(share.printed)}</b><span>{name}合格率</span>'
                f"<small>合格 {share.numerator} / 检查 {share.denominator}</small></div>"
            )
    return f'<section class="cards">{cards}</section>' if cards else ""


def _chart(chart: Chart) -> str:
    """Horizontal bars: the value's part of the whole, its label left, its number right."""
    height = 30 * len(chart.bars)
    bars = ""
    for number, (label, value, whole) in enumerate(chart.bars):
        y, length = 30 * number, 420 * value / whole if whole else 0
        shown = f"{value} / {whole}" if chart.title == "合格情况" else str(value)
        bars += (
            f'<text class="label" x="240" y="{y + 20}">{_text(_short(label))}</text>'
            f'<rect class="whole" x="250" y="{y + 6}" width="420" height="18"/>'
            f'<rect class="part" x="250" y="{y + 6}" width="{length:.1f}" height="18"/>'
            f'<text x="680" y="{y + 20}">{shown}</text>'
        )
    title = _text(chart.title)
    svg = f'<svg viewBox="0 0 800 {height}" role="img" aria-label="{title}">{bars}</svg>'
    return f"<figure><figcaption>{title}</figcaption>{svg}</figure>"


def _short(label: str) -> str:
    return label if len(label) <= 14 else label[:13] + "…"


def _body(circular: Circular) -> str:
    text = f"<p>{_text(circular.addressees)}</p>" if circular.addressees else ""
    for paragraph in circular.paragraphs:
        tag = f"h{paragraph.level + 1}" if paragraph.kind == "heading" else "p"
        text += f"<{tag}>{_text(paragraph.text)}</{tag}>"
    signed = "".join(f"<p>{_text(line)}</p>" for line in (circular.issuer, circular.issued) if line)
    return f'<article>{text}<div class="signed">{signed}</div></article>'


def _annex(number: int, annex: Annex) -> str:
    title = f"附件{annex.number or ''}　{_text(annex.title)}"
    notes = [
        "".join(f'<p class="remark">{_text(note)}</p>' for note in side) for side in (annex.notes_above, annex.notes_below)
    ]
    filter_ = f'<input type="search" class="filter" data-table="t{number}" placeholder="筛选…" aria-label="筛选 {title}">'
    filter_ = filter_ if len(annex.rows) >= _FILTER_FROM else ""
    proven = any(row.proofs for row in annex.rows)
    head = _header(annex, proven)
    rows = "".join(_row(row, annex.width, proven) for row in annex.rows) if not annex.merge else _merged(annex)
    return (
        f'<section class="annex" id="annex-{number}"><h2>{title}</h2>{filter_}{notes[0]}'
        f'<div class="scroll"><table id="t{number}">{head}<tbody>{rows}</tbody></table></div>{notes[1]}</section>'
    )


def _header(annex: Annex, proven: bool) -> str:
    lines = [""] * len(annex.header)
    for span in spans(annex.header):
        lines[span.row] += f"<th{_spanned(span.down, span.across)}>{_text(span.text)}</th>"
    if proven and lines:
        lines[0] += f"<th{_spanned(len(lines), 1)}>依据</th>"
    return f"<thead>{''.join(f'<tr>{line}</tr>' for line in lines)}</thead>" if lines else ""


def _row(row: Row, width: int, proven: bool) -> str:
    if row.kind == "group" or len(row.cells) == 1:
        proof = f'<div class="proof">{_proofs(row.proofs)}</div>' if row.proofs else ""
        across = width + (proven and width > 1)
        return f'<tr class="{row.kind}"><td colspan="{across}">{_text(row.cells[0])}{proof}</td></tr>'
    cells = "".join(map(_td, row.cells))
    return f'<tr class="{row.kind}">{cells}{f"<td>{_proofs(row.proofs)}</td>" if proven else ""}</tr>'


def _merged(annex: Annex) -> str:
    lines = [""] * len(annex.rows)
    for span in spans([row.cells for row in annex.rows], annex.merge, across=False):
        lines[span.row] += f"<td{_spanned(span.down, span.across)}>{_cell(span.text)}</td>"
    return "".join(f"<tr>{line}</tr>" for line in lines)


def _spanned(down: int, across: int) -> str:
    return (f' rowspan="{down}"' if down > 1 else "") + (f' colspan="{across}"' if across > 1 else "")


def _proofs(proofs: tuple[Proof, ...]) -> str:
    if not proofs:
        return ""
    return f"<details><summary>查看</summary>{''.join(map(_proof, proofs))}</details>"


def _proof(proof: Proof) -> str:
    facts = (
        ("规则", proof.rule),
        ("问题", proof.problem),
        ("判定", _DECIDED.get(proof.decided_by, proof.decided_by)),
        ("计数", proof.counted),
        ("时段", " — ".join(proof.window) if proof.window else None),
        ("覆盖", proof.coverage),
        ("首次发现", proof.first_detected),
        ("可信度", f"{proof.confidence:.2f}"),
        ("说明", proof.reason),
    )
    told = "".join(f"<dt>{name}</dt><dd>{_text(value)}</dd>" for name, value in facts if value)
    links = "".join(f"<li>{_link(url, what)}</li>" for what, url in proof.links)
    readings = "".join(f"<li>{_text(reading)}</li>" for reading in proof.readings)
    ids = "".join(f"<li><code>{_text(one)}</code></li>" for one in proof.evidence)
    return (
        f"<dl>{told}</dl>"
        + (f"<ul>{readings}</ul>" if readings else "")
        + (f"<p>页面</p><ul>{links}</ul>" if links else "")
        + (f"<p>观测记录</p><ul>{ids}</ul>" if ids else "")
    )


def _link(url: str, what: str) -> str:
    address = web(url)
    if address is None:
        return _text(f"{what} {url}")
    return f'<a href="{escape(address, quote=True)}" target="_blank" rel="noopener noreferrer">{_text(what)}</a>'


def _td(text: str) -> str:
    look = ' class="address"' if web(text) else ' class="short"' if len(text) <= _SHORT else ""
    return f"<td{look}>{_cell(text)}</td>"


def _cell(text: str) -> str:
    return _link(text, text) if web(text) else _text(text)


def _statistics(figures: tuple[Statistic, ...]) -> str:
    rows = "".join(
        f"<tr><td><code>{_text(f.key)}</code></td><td>{_text(f.printed)}</td>"
        f"<td>{'' if f.denominator is None else f'{f.numerator}/{f.denominator}'}</td>"
        f"<td>{_text('、'.join(f.places) if f.source != 'observed' and f.places else _SOURCES[f.source])}</td></tr>"
        for f in figures
    )
    head = "<thead><tr><th>统计项</th><th>数值</th><th>分子/分母</th><th>来源</th></tr></thead>"
    table = f'<div class="scroll"><table>{head}<tbody>{rows}</tbody></table></div>'
    return f"<section><h2>统计</h2><details><summary>{len(figures)} 项数据及来源</summary>{table}</details></section>"


def _slips(slips: tuple[Slip, ...]) -> str:
    if not slips:
        return ""
    items = ""
    for slip in slips:
        boxes = "".join(
            f"<p>{_text(group.name)}　{'　'.join(_text(tick + what) for tick, what in group.boxes)}</p>"
            for group in slip.groups
        )
        findings = "".join(f"<li>{_text(finding)}</li>" for finding in slip.findings)
        due = f"<p>整改期限：{_text(slip.due)}</p>" if slip.due else ""
        items += (
            f"<details><summary>{_text(slip.unit)}（{len(slip.findings)}）</summary>{boxes}<ol>{findings}</ol>{due}</details>"
        )
    return f"<section><h2>{_text(slips[0].title)}</h2>{items}</section>"


def _lines(title: str, lines: tuple[str, ...], kind: str) -> str:
    items = "".join(f"<li>{_text(line)}</li>" for line in lines)
    return f'<section class="{kind}"><h2>{title}</h2><ul>{items}</ul></section>' if lines else ""


def _text(text: str) -> str:
    return escape(clean(text), quote=True).replace("\n", "<br>")
