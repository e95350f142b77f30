"""What is judged: rule files as data. `load_rules("national-2019")`, or the path of a file of one's own that may inherit."""

from checker.rules.errors import RuleError
from checker.rules.model import MEASURES, Measure, Rule, RuleSet, Threshold
from checker.rules.reading import RulesUnreadable, built_in, load_rules

__all__ = [
    "MEASURES",
    "Measure",
    "Rule",
    "RuleError",
    "RuleSet",
    "RulesUnreadable",
    "Threshold",
    "built_in",
    "load_rules",
]
