"""From verdicts, the register, the office's tables and an issue file to a circular; `checker.render` writes it.

read_form(name), shipped_forms()      a city's form
read_issue(path)                      one issue: title, period, its six times, rounding, words
stand(rows, verdicts, inputs)         where every subject stands
compose(province, form, issue, …)     the circular, or CircularRefused with every reason
"""

from checker.circular.compose import compose
from checker.circular.form import Form, read_form, shipped_forms
from checker.circular.issue import Issue, read_issue
from checker.circular.model import Annex, Circular, CircularRefused, Proof, Row, Slip, Statistic
from checker.circular.standing import Province, stand
from checker.circular.tables import TomlUnreadable

__all__ = [
    "Annex",
    "Circular",
    "CircularRefused",
    "Form",
    "Issue",
    "Proof",
    "Province",
    "Row",
    "Slip",
    "Statistic",
    "TomlUnreadable",
    "compose",
    "read_form",
    "read_issue",
    "shipped_forms",
    "stand",
]
