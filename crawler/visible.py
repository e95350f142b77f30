"""What a reader sees of a small page, without parsing it: enough to tell error and challenge pages by their words."""

import re
from typing import Final

MOST_TEXT: Final = 1_500
"""No signature allows more visible characters than this."""

_INVISIBLE = re.compile(
    r"(?:<(?:([sS][cC][rR][iI][pP][tT]|[sS][tT][yY][lL][eE]|[tT][iI][tT][lL][eE]|[tT][eE][xX][tT][aA][rR][eE][aA])\b.*?(?:</(?i:\1)\s*>|\Z)"
    r"|!--.*?(?:-->|\Z)|[^>]*>?)\s*+)+",
    re.DOTALL,
)


def visible_text(text: str, most: int = MOST_TEXT) -> str:
    """What a reader sees of a page, roughly: tags, scripts, styles, comments and white space taken out.

    Stops soon after `most` characters: a longer page is none of those looked for here.
    """
    parts: list[str] = []
    length = reached = 0
    for match in _INVISIBLE.finditer(text):
        start = match.start()
        if start > reached:
            piece = "".join(text[reached:start].replace("&nbsp;", "").split())
            parts.append(piece)
            length += len(piece)
            if length > most:
                return "".join(parts)
        reached = match.end()
    parts.append("".join(text[reached:].replace("&nbsp;", "").split()))
    return "".join(parts)
