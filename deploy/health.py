"""The container's health command: exit 0 where /healthz says that the patrol makes progress, else 1 and the reason.

Standard library only, so that asking every half minute costs next to nothing. The port is an argument, or XUNWANG_HTTP_PORT, or
9188; set the variable rather than `http.port` in a file, so that both sides know it.
"""

import json
import os
import sys
import urllib.error
import urllib.request

WAIT_S = 4.0


def health(port: str) -> tuple[bool, str]:
    """(well, one sentence)."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy of the surroundings knows no loopback
    try:
        with opener.open(f"http://127.0.0.1:{port}/healthz", timeout=WAIT_S) as answer:
            reason = json.load(answer)["reason"]
            return True, reason or "the patrol makes progress"
    except urllib.error.HTTPError as error:
        with error:
            return False, _reason(error)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return False, f"port {port} does not tell how it is: {error}"


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["reason"])
    except (OSError, ValueError, KeyError, TypeError):
        return f"status {error.code}"


def main(arguments: list[str]) -> int:
    port = arguments[0] if arguments else os.environ.get("XUNWANG_HTTP_PORT", "9188")
    well, sentence = health(port)
    print(sentence)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
