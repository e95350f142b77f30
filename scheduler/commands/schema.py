"""The JSON Schema of an observation: one line of the journal."""

import argparse
import sys

import orjson

from crawler.records import observation_schema


def arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(options: argparse.Namespace) -> int:
    sys.stdout.buffer.write(orjson.dumps(observation_schema(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return 0
