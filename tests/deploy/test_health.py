"""The container's health command, over servers that answer well, badly or not at all."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

HEALTH = Path(__file__).resolve().parents[2] / "deploy/health.py"


@contextmanager
def answering(status: int, body: bytes) -> Iterator[int]:
    """A server on loopback that answers every GET so; gives its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body if self.path == "/healthz" else b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def asked(*arguments: str, **environ: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, HEALTH, *arguments], capture_output=True, text=True, timeout=20, env=environ)
    assert done.stderr == ""
    return done.returncode, done.stdout.strip()


def test_a_patrol_that_makes_progress_is_well() -> None:
    with answering(200, b'{"ok":true,"reason":null}') as port:
        assert asked(str(port)) == (0, "the patrol makes progress")


def test_what_it_says_of_itself_is_shown() -> None:
    with answering(200, b'{"ok":true,"reason":"columns are not asked"}') as port:
        assert asked(str(port)) == (0, "columns are not asked")
    with answering(503, b'{"ok":false,"reason":"no room for the journal"}') as port:
        assert asked(str(port)) == (1, "no room for the journal")


@pytest.mark.parametrize(("status", "body"), [(200, b"<html>"), (200, b"[]"), (200, b"\xff"), (200, b"")])
def test_an_answer_that_is_not_ours_is_not_well(status: int, body: bytes) -> None:
    with answering(status, body) as port:
        code, said = asked(str(port))
    assert code == 1
    assert f"port {port} does not tell how it is" in said


def test_an_error_page_that_is_not_ours_is_told_by_its_status() -> None:
    with answering(502, b"<html>") as port:
        assert asked(str(port)) == (1, "status 502")


def test_the_port_may_be_told_by_the_variable_that_tells_the_service() -> None:
    with answering(200, b'{"ok":true,"reason":null}') as port:
        assert asked(XUNWANG_HTTP_PORT=str(port))[0] == 0


def test_a_proxy_of_the_surroundings_is_not_asked() -> None:
    with answering(200, b'{"ok":true,"reason":null}') as port:
        assert asked(str(port), http_proxy="http://127.0.0.1:1", HTTP_PROXY="http://127.0.0.1:1")[0] == 0


def test_a_server_that_takes_the_call_and_says_nothing_is_not_well() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        code, said = asked(str(silent.getsockname()[1]))
    assert (code, "timed out" in said) == (1, True)
