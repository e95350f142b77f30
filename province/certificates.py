"""Certificates of the province's TLS hosts, right and wrong, made by trustme when a host is first greeted."""

import ssl
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import trustme

LEGACY_CIPHERS: Final = "ALL:@SECLEVEL=0"
_BEGAN: Final = datetime(2018, 1, 1, tzinfo=UTC)
_EXPIRED: Final = datetime(2019, 1, 1, tzinfo=UTC)


class Certificates:
    """An authority that a crawler is told to trust, one that it is not, and a context per (host, way).

    A way is the name of a fault: cert_self_signed, cert_expired, cert_wrong_host; any other gives a good certificate.
    """

    def __init__(self) -> None:
        try:
            import trustme
        except ImportError as error:
            raise RuntimeError("TLS hosts of the province need trustme; install it: pip install trustme") from error
        self._trusted = trustme.CA(organization_name="Yunling Test Authority")
        self._stranger = trustme.CA(organization_name="Unknown Authority")
        self._contexts: dict[tuple[str, str, bool], ssl.SSLContext] = {}

    def write(self, path: Path) -> None:
        """The trusted authority's certificate as PEM."""
        self._trusted.cert_pem.write_to_path(str(path))

    def listener(self, way_of: Callable[[str], str], legacy: bool) -> ssl.SSLContext:
        """A server context that takes a host's certificate when the client names it; `legacy` speaks TLS 1.0 only."""

        def greet(stream: Any, name: str | None, _: ssl.SSLContext) -> None:
            if name:
                stream.context = self._context(name, way_of(name), legacy)

        made = _server_context(legacy)
        self._issue("localhost", "good").configure_cert(made)
        made.sni_callback = greet
        return made

    def _context(self, host: str, way: str, legacy: bool) -> ssl.SSLContext:
        key = (host, way, legacy)
        if key not in self._contexts:
            made = _server_context(legacy)
            self._issue(host, way).configure_cert(made)
            self._contexts[key] = made
        return self._contexts[key]

    def _issue(self, host: str, way: str) -> "trustme.LeafCert":
        if way == "cert_self_signed":
            return self._stranger.issue_cert(host)
        if way == "cert_expired":
            return self._trusted.issue_cert(host, not_before=_BEGAN, not_after=_EXPIRED)
        return self._trusted.issue_cert("www.moved.example" if way == "cert_wrong_host" else host)


def _server_context(legacy: bool) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if legacy:
        made.set_ciphers(LEGACY_CIPHERS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # an old protocol is what is wanted here
            made.minimum_version = made.maximum_version = ssl.TLSVersion.TLSv1
    return made
