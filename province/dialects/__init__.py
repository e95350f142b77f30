"""The families of content systems the province's sites run on, each a module with the same names."""

from typing import Final

from province.dialects import hanweb, trs, vsb
from province.dialects.form import Dialect

DIALECTS: Final[dict[str, Dialect]] = {row.name: row for row in (trs.DIALECT, hanweb.DIALECT, vsb.DIALECT)}

__all__ = ["DIALECTS", "Dialect"]
