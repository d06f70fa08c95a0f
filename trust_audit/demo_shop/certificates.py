"""Certificates for the demo shop: an authority of its own, made anew at each start, and one certificate from it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# Days from and to now between which a certificate of each kind holds.
KINDS = {
    "valid": (-1, 365),
    "soon": (-60, 12),
    "expired": (-90, -2),
    "wrong host": (-1, 365),
    "self-signed": (-1, 365),
}


@dataclass(frozen=True)
class Files:
    """Paths of the certificate, its key, and the authority that a client has to trust."""

    certificate: Path
    key: Path
    authority: Path


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _builder(
    subject: str, issuer: str, kind: str, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now, (since, until) = datetime.now(UTC), KINDS[kind]
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=since))
        .not_valid_after(now + timedelta(days=until, hours=1))
    )


def make(folder: Path, kind: str, hosts: tuple[str, ...]) -> Files:
    """Write the three files into the folder. ``kind`` is one of ``KINDS``."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    authority = (
        _builder("Demo authority", "Demo authority", "valid", authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    own = kind == "self-signed"
    names = ("elsewhere.localhost",) if kind == "wrong host" else hosts
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key((key if own else authority_key).public_key())
    certificate = (
        _builder("Demo shop", "Demo shop" if own else "Demo authority", kind, key)
        .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
        .add_extension(issuer, critical=False)
        .sign(key if own else authority_key, hashes.SHA256())
    )
    files = Files(folder / "shop.pem", folder / "shop.key", folder / "authority.pem")
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(_pem(key))
    files.key.chmod(0o600)
    files.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    return files


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
