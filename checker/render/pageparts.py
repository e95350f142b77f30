"""The page's own style and script; the content security policy names them by digest."""

from typing import Final

STYLE: Final = """
:root{--ink:#1d2733;--soft:#5b6b7c;--line:#d5dde6;--accent:#b3261e;--good:#2f6f4f;--paper:#fff}
*{box-sizing:border-box}
body{margin:0;background:#f3f5f8;color:var(--ink);font:16px/1.8 "Noto Serif CJK SC","Songti SC",SimSun,serif}
main{max-width:1080px;margin:0 auto;padding:32px 24px 64px;background:var(--paper);box-shadow:0 0 24px #0001}
h1{font-size:28px;line-height:1.5;text-align:center;color:var(--accent);margin:8px 0 16px}
h2{font-size:20px;margin:32px 0 8px;border-left:4px solid var(--accent);padding-left:10px}
h3{font-size:17px;margin:16px 0 4px}
article p{text-indent:2em;margin:.4em 0}
article h2,article h3{border:0;padding:0}
.number{text-align:center;color:var(--soft);margin:0}
.meta{display:grid;grid-template-columns:max-content 1fr;gap:0 12px;font-size:13px;color:var(--soft);
border-top:2px solid var(--accent);padding-top:8px;overflow-wrap:anywhere}
dd{margin:0;overflow-wrap:anywhere}
.cards{display:flex;gap:16px;flex-wrap:wrap;margin:16px 0}
.card{flex:1 1 180px;border:1px solid var(--line);border-radius:6px;padding:12px 16px;display:flex;flex-direction:column}
.card b{font-size:30px;line-height:1.3;color:var(--good)}
.card small{color:var(--soft)}
figure{margin:16px 0}figcaption{font-weight:bold}
svg{width:100%;height:auto;font:14px sans-serif}
svg .label{text-anchor:end}svg .whole{fill:#edf1f5}svg .part{fill:var(--good)}svg text{fill:var(--ink)}
.signed{text-align:right;padding-right:4em}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:15px;line-height:1.5}
th,td{border:1px solid var(--line);padding:6px 8px;text-align:left;overflow-wrap:anywhere;vertical-align:middle}
th{background:#edf1f5;text-align:center}
td.address{word-break:break-all}td.short{white-space:nowrap;text-align:center}
tr.group td{background:#f7f3ea;font-weight:bold;text-align:center}
tr.total td{font-weight:bold;background:#f7f9fb}
.filter{width:100%;
max-width:320px;padding:6px 10px;margin:4px 0 8px;border:1px solid var(--line);border-radius:4px;font:inherit}
.remark,small{font-size:14px;color:var(--soft);margin:.3em 0}
details{font-size:14px}summary{cursor:pointer;color:#1f5fa8;white-space:nowrap}
details dl{display:grid;grid-template-columns:max-content 1fr;gap:0 10px;margin:6px 0}dt{color:var(--soft)}
details ul{margin:4px 0;padding-left:1.2em}code{font-size:12px;overflow-wrap:anywhere}
.warning{background:#fff6f5;border:1px solid #efc7c3;border-radius:6px;padding:0 16px 8px;margin-top:24px}
.proof{font-weight:normal}
@media print{body{background:#fff}main{box-shadow:none;max-width:none;padding:0}.filter{display:none}}
"""

SCRIPT: Final = """
"use strict";
for (const input of document.querySelectorAll("input.filter")) {
  const rows = document.querySelectorAll("#" + input.dataset.table + " tbody tr");
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    for (const row of rows) row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted);
  });
}
"""
