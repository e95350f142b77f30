"""URL dialects that carry a date (page-conventions.md §3.7), most telling first; groups y, m and, where known, d."""

import re
from typing import Final

_Y: Final = "(?P<y>199[0-9]|20[0-9]{2})"
_M: Final = "(?P<m>0[1-9]|1[0-2])"
_D: Final = "(?P<d>0[1-9]|[12][0-9]|3[01])"
_M1: Final = "(?P<m>1[0-2]|0?[1-9])"
_D1: Final = "(?P<d>3[01]|[12][0-9]|0?[1-9])"

URL_FORMS: Final = tuple(
    re.compile(form)
    for form in (
        rf"/[tTwWpP]_?{_Y}{_M}{_D}_[0-9]+",  # TRS …/t20240903_123.html
        rf"/{_Y}/{_M1}/{_D1}/(?=[^/?#]+|$)",  # …/2024/9/3/art_1_2.html, /2024/09/03/ARTI….shtml
        rf"/{_Y}-{_M}/{_D}/",  # …/2024-09/03/content_1.shtml
        rf"/{_Y}/{_M}-?{_D}/",  # …/2024/0903/, /2024/09-03/
        rf"/{_Y}{_M}/{_D}/",  # …/202409/03/<uuid>.html
        rf"/{_Y}-{_M}-{_D}/",  # …/2024-09-03/123.html
        rf"/{_Y}{_M}{_D}/",  # …/20240903/<hex>.html
        rf"/{_Y}{_M}{_D}(?:[01][0-9]|2[0-3])[0-9]{{2,}}/index\.s?html?",  # …/202409031212345/index.shtml
        rf"/{_Y}{_M}{_D}[0-9]{{4,}}(?:/|\.s?html?|\.jhtml)",  # …/20240903101212345.html
        rf"[/_]{_Y}-?{_M}-?{_D}[_.-][^/]*$",  # …/20240903_1.html, …/2024-09-03.html
        rf"/{_Y}{_M}/[0-9a-fA-F]{{32}}\.",  # …/202409/<32 hex>.shtml: the month only
        rf"/{_Y}-{_M}/[^/]+$",
        rf"/{_Y}/{_M}/[^/]+$",
        rf"/{_Y}{_M}/[^/]+$",
    )
)
