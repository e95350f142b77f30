"""What is watched: reads, mends and validates registers, and every other table an office hands in. Imports nothing of ours.

load(path, keep) -> Register      a workbook, a CSV file or a folder of them; RegisterUnreadable says what to do
read_accepted(jsonl)              the accepted rows again, subjects before their targets
"""

from register.errors import RegisterUnreadable, TableUnreadable
from register.loading import load
from register.model import (
    LEVELS,
    Category,
    Level,
    Pause,
    Register,
    Subject,
    SubjectKind,
    Target,
    TargetKind,
    accepted_path,
    read_accepted,
    row_digest,
)
from register.problems import Problem, Severity
from register.vocabulary import account_platform

__all__ = [
    "LEVELS",
    "Category",
    "Level",
    "Pause",
    "Problem",
    "Register",
    "RegisterUnreadable",
    "Severity",
    "Subject",
    "SubjectKind",
    "TableUnreadable",
    "Target",
    "TargetKind",
    "accepted_path",
    "account_platform",
    "load",
    "read_accepted",
    "row_digest",
]
