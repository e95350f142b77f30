"""Logs as JSON lines on standard error, by a queue, so that a slow disk or pipe never stops the loop."""

import logging
import queue
import sys
import time
from logging.handlers import QueueHandler, QueueListener
from typing import Final

import orjson

from crawler.records import stamp

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "taskName"}


class JsonFormatter(logging.Formatter):
    """One object per record: at, level, logger, message, then whatever `extra` held (an observation's id, its target …)."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": stamp(int(record.created * 1000)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update((key, value) for key, value in vars(record).items() if key not in _STANDARD)
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str, option=orjson.OPT_NON_STR_KEYS).decode("utf-8", "replace")


def json_logs(level: int = logging.INFO) -> QueueListener:
    """Send every log record to stderr as JSON; stop the listener that is returned before the process ends."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    root = logging.getLogger()
    root.handlers[:] = [_Plain(records)]
    root.setLevel(level)
    logging.Formatter.converter = time.gmtime
    listener = QueueListener(records, handler)
    listener.start()
    return listener


class _Plain(QueueHandler):
    """Hands records on as they are: the listener is in the same process, so nothing need be flattened to text."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record
