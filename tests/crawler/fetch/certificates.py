"""Certificates with one fault each, made for the test that needs them."""

import datetime
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

_DAY = datetime.timedelta(days=1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """A root that signs; its own certificate is `pem`."""

    def __init__(self, name: str = "Test Root") -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        self.name = _name(name)
        self.certificate = self.issue_for(self.key, self.name, is_root=True)
        self.pem = self.certificate.public_bytes(serialization.Encoding.PEM)

    def issue_for(
        self,
        key: rsa.RSAPrivateKey,
        subject: x509.Name,
        host: str = "",
        days: tuple[int, int] = (-1, 30),
        is_root: bool = False,
    ) -> x509.Certificate:
        today = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(today + days[0] * _DAY)
            .not_valid_after(today + days[1] * _DAY)
            .add_extension(x509.BasicConstraints(is_root, None), critical=True)
        )
        if host:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def server(self, host: str, days: tuple[int, int] = (-1, 30), bits: int = 2048) -> ssl.SSLContext:
        """A server's context with a certificate of ours for `host`."""
        key = rsa.generate_private_key(65537, bits)
        return server_context(key, self.issue_for(key, _name(host), host, days))


def self_signed(host: str) -> ssl.SSLContext:
    alone = Authority.__new__(Authority)
    alone.key, alone.name = rsa.generate_private_key(65537, 2048), _name(host)
    return server_context(alone.key, alone.issue_for(alone.key, alone.name, host))


def server_context(key: rsa.RSAPrivateKey, certificate: x509.Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "both.pem"
        file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context.load_cert_chain(file)
    return context


@contextmanager
def blocking_server(context: ssl.SSLContext, answer: bytes) -> Iterator[int]:
    """A server in a thread that gives one answer per connection. OpenSSL itself speaks here, so alerts are sent."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                raw, _ = listener.accept()
            except OSError:
                return
            raw.settimeout(5)
            with raw, suppress(OSError), context.wrap_socket(raw, server_side=True) as talk:
                talk.recv(65_536)
                talk.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
