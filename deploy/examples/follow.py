#!/usr/bin/env python3
"""Follow /observations for ever and keep the new articles, each once, whatever is killed meanwhile. Python 3.11, nothing else.

usage: follow.py URL FILE [TOKEN]   with URL such as http://127.0.0.1:9188, and FILE an SQLite file that is made.

What is done with a line and that it was done are one transaction: a kill loses nothing and repeats nothing.
"""

import http.client
import json
import sqlite3
import sys
import time
import urllib.error
import urllib.request
from typing import Any

TABLES = """CREATE TABLE IF NOT EXISTS seen(id TEXT PRIMARY KEY, seq INTEGER);
CREATE INDEX IF NOT EXISTS seen_seq ON seen(seq);
CREATE TABLE IF NOT EXISTS articles(site TEXT, date TEXT, title TEXT, url TEXT);"""


def handle(line: dict[str, Any], state: sqlite3.Connection) -> None:
    """What you do with a line that you have not seen."""
    for item in line["new_items"]:
        row = (line["subject"]["name"], item["date"], item["title"], item["url"])
        state.execute("INSERT INTO articles VALUES (?, ?, ?, ?)", row)


def follow(url: str, token: str, state: sqlite3.Connection) -> None:
    after = state.execute("SELECT coalesce(max(seq), 0) FROM seen").fetchone()[0]
    request = urllib.request.Request(f"{url}/observations?after={after}&follow=1")
    request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=60) as stream:
        for raw in stream:
            line = json.loads(raw)
            with state:
                if state.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (line["id"], line["seq"])).rowcount:
                    handle(line, state)


def main(url: str, file: str, token: str = "") -> None:
    state = sqlite3.connect(file)
    state.executescript(TABLES)
    while True:
        try:
            follow(url, token, state)
        except urllib.error.HTTPError as error:
            sys.exit(f"{error.code}: {error.read().decode()}")  # 401: the token; 410: older than what is kept
        except (OSError, http.client.HTTPException, json.JSONDecodeError) as error:
            print(f"again in 2 s: {error}", file=sys.stderr)
            time.sleep(2)


if __name__ == "__main__":
    main(*sys.argv[1:])
