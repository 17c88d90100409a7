"""A certificate authority of the test's own, made in a moment."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

USAGES = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, as the paths of PEM files."""

    cert: Path
    key: Path


@dataclass(frozen=True)
class Authority:
    """Signs certificates into a folder; ``ca`` is its own."""

    folder: Path
    name: x509.Name
    key: ec.EllipticCurvePrivateKey
    ca: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @classmethod
    def in_folder(cls, folder: Path, called: str = "Kommunens CA") -> Self:
        folder.mkdir(parents=True, exist_ok=True)
        key, name = ec.generate_private_key(ec.SECP256R1()), _name(called)
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        signed = (
            _begun(name, name, key, timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(key, hashes.SHA256())
        )
        path = folder / "ca.pem"
        path.write_bytes(signed.public_bytes(Encoding.PEM))
        return cls(folder, name, key, path)

    def pair(self, host: str = "127.0.0.1", *, left: timedelta = timedelta(days=365)) -> Pair:
        """A certificate for a host that holds for so long yet; a negative time: it has ended."""
        key, number = ec.generate_private_key(ec.SECP256R1()), next(self._numbers)
        signed = (
            _begun(_name(host), self.name, key, left)
            .add_extension(x509.SubjectAlternativeName([_host(host)]), critical=False)
            .add_extension(x509.ExtendedKeyUsage(USAGES), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        pair = Pair(self.folder / f"{number}.pem", self.folder / f"{number}.key")
        pair.cert.write_bytes(signed.public_bytes(Encoding.PEM))
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        pair.key.write_bytes(private)
        pair.key.chmod(0o600)
        return pair


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, left: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + left)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
