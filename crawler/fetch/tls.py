"""Encrypted connections: two contexts, what is wrong with a certificate or a handshake, and which hosts need the second.

1. verified: the system's authorities and whatever the settings add.
2. permissive: any certificate, TLS 1.0 and up, old ciphers and keys, legacy renegotiation. One context for the process. Taken
   after the first one failed; a host keeps it for a day, then the verified one is tried again.
"""

import contextlib
import ssl
import warnings
from typing import Final

from crawler.records import Outcome

CERTIFICATE_REASONS: Final = {
    2: "no_issuer",
    9: "not_yet_valid",
    10: "expired",
    18: "self_signed",
    19: "no_issuer",
    20: "no_issuer",
    21: "no_issuer",
    23: "revoked",
    62: "wrong_host",
    64: "wrong_host",
    66: "weak_key",
    67: "weak_key",
    68: "weak_key",
}
"""OpenSSL's X509_V_ERR numbers."""

_HANDSHAKE_FLAWS: Final = (
    ("UNSUPPORTED_PROTOCOL", "old_protocol"),
    ("PROTOCOL_VERSION", "old_protocol"),
    ("LEGACY_SIGALG", "old_protocol"),
    ("DH_KEY_TOO_SMALL", "weak_key"),
    ("EE_KEY_TOO_SMALL", "weak_key"),
    ("CA_MD_TOO_WEAK", "weak_key"),
    ("UNSAFE_LEGACY_RENEGOTIATION", "legacy_renegotiation"),
    ("HANDSHAKE_FAILURE", "weak_cipher"),
    ("NO_CIPHERS", "weak_cipher"),
    ("BAD_ECPOINT", "weak_cipher"),
)
"""What the verified context's error says is old about a server that the permissive one can talk to."""

_FAILURES: Final[tuple[tuple[str, Outcome, str], ...]] = (
    ("HANDSHAKE_FAILURE", "inconclusive", "unsupported_cipher"),
    ("INSUFFICIENT_SECURITY", "inconclusive", "unsupported_cipher"),
    ("NO_SHARED_CIPHER", "inconclusive", "unsupported_cipher"),
    ("NO_CIPHERS", "inconclusive", "unsupported_cipher"),
    ("WRONG_CIPHER", "inconclusive", "unsupported_cipher"),
    ("UNKNOWN_CIPHER", "inconclusive", "unsupported_cipher"),
    ("UNSUPPORTED_ELLIPTIC_CURVE", "inconclusive", "unsupported_cipher"),
    ("UNSUPPORTED_PROTOCOL", "inconclusive", "unsupported_cipher"),
    ("PROTOCOL_VERSION", "inconclusive", "unsupported_cipher"),
    ("WRONG_SIGNATURE_TYPE", "inconclusive", "unsupported_cipher"),
    ("WRONG_SSL_VERSION", "tls", "protocol"),
    ("WRONG_VERSION_NUMBER", "tls", "protocol"),
    ("RECORD_LAYER_FAILURE", "tls", "protocol"),
    ("HTTP_REQUEST", "tls", "protocol"),
    ("UNKNOWN_PROTOCOL", "tls", "protocol"),
    ("PACKET_LENGTH_TOO_LONG", "tls", "protocol"),
    ("UNEXPECTED_EOF", "tls", "closed"),
    ("ASN1", "tls", "certificate"),
    ("WRONG_TAG", "tls", "certificate"),
    ("HEADER_TOO_LONG", "tls", "certificate"),
    ("UNKNOWN_CERTIFICATE_TYPE", "tls", "certificate"),
)
"""Words in the permissive context's error, in order. SSL 2 and 3, RC4 and 3DES are not in our OpenSSL: that is ours."""


def verified_context(authorities: str | None) -> ssl.SSLContext:
    """What a browser would accept. `authorities`: a PEM file of further ones. 20 ms and 0.8 MiB: once per process."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(("http/1.1",))
    if authorities:
        context.load_verify_locations(authorities)
    return context


def permissive_context() -> ssl.SSLContext:
    """Whatever the server offers, down to TLS 1.0. Nothing secret is ever sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # we know that it is old: that is the point
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.options |= 0x4  # OP_LEGACY_SERVER_CONNECT, which ssl names from 3.12 on only
    context.set_alpn_protocols(("http/1.1",))
    return context


def certificate_flaw(error: BaseException) -> str:
    """Why a certificate was not accepted, in the words of `Tls.reason`."""
    return CERTIFICATE_REASONS.get(getattr(error, "verify_code", 0), "other")


def handshake_flaw(error: BaseException) -> str:
    """What is old about a server that failed the verified handshake and passed the permissive one."""
    text = _words(error)
    return next((flaw for word, flaw in _HANDSHAKE_FLAWS if word in text), "handshake")


def handshake_failure(error: BaseException) -> tuple[Outcome, str]:
    """Outcome and reason of a handshake that failed under both contexts."""
    text = _words(error)
    return next(((outcome, reason) for word, outcome, reason in _FAILURES if word in text), ("tls", "handshake_failed"))


def _words(error: BaseException) -> str:
    return f"{getattr(error, 'reason', '') or ''} {error}".upper().replace(" ", "_")


_TLCP: Final = b"\x01\x01"


def speaks_guomi(first_bytes: bytes) -> bool:
    """Is this the begin of a record of TLCP (GB/T 38636, 国密 SSL), whose version is 1.1 where TLS has 3.x?"""
    return first_bytes[:1] in (b"\x15", b"\x16") and first_bytes[1:3] == _TLCP


def client_hello(host: str) -> bytes:
    """The first flight of a permissive handshake, as bytes."""
    outgoing = ssl.MemoryBIO()
    talk = permissive_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=host)
    with contextlib.suppress(ssl.SSLWantReadError):
        talk.do_handshake()
    return outgoing.read()
