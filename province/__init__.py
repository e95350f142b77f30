"""A whole simulated province on loopback, with a truth file: the bad server that crawlers are tested against.

Hundreds to thousands of virtual hosts keep their addresses (`http://www.….gov.cn/`); a resolver is given the map from
`Province.hosts()` or `hosts.json`. Every place, office and account is invented. Loopback addresses other than
127.0.0.1 are used, which Linux offers without set-up.
"""

from province.history import Told
from province.log import Request
from province.province import Province
from province.truth import Line

__all__ = ["Line", "Province", "Request", "Told"]
