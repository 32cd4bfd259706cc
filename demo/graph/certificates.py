"""A certificate authority of the stand-in's own, and a certificate of it for this machine.

msal refuses an authority without TLS, so the stand-in has it; the bot trusts it by `FOURSTAR_TRUSTED_CA`.
"""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key

LASTS = timedelta(days=30)


def write_certificates(folder: Path) -> tuple[Path, Path]:
    """Writes `ca.pem`, which is to be trusted, and `server.pem` with the server's key and certificate.

    Those that are in the folder already are kept.
    """
    ca_path, server_path = folder / "ca.pem", folder / "server.pem"
    if ca_path.exists() and server_path.exists():
        return ca_path, server_path
    ca_key, server_key = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
    ca_name, server_name = _name("Stand-in certificate authority"), _name("127.0.0.1")
    ca = (
        _dated(ca_name, ca_name, ca_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")])
    server = (
        _dated(server_name, ca_name, server_key)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    ca_path.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    private = server_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    server_path.write_bytes(private + server.public_bytes(serialization.Encoding.PEM))
    return ca_path, server_path


def server_context(server_path: Path) -> ssl.SSLContext:
    """How the stand-in listens."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(server_path)
    return context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _dated(subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LASTS)
    )
