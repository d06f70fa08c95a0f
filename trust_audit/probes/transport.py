"""Facts of a site's encryption, from at most six handshakes with the pinned address."""

import socket
import ssl
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography import x509

from trust_audit.net import Failed, Fetcher, Refused

VERSIONS = {
    "TLS 1.0": ssl.TLSVersion.TLSv1,
    "TLS 1.1": ssl.TLSVersion.TLSv1_1,
    "TLS 1.2": ssl.TLSVersion.TLSv1_2,
    "TLS 1.3": ssl.TLSVersion.TLSv1_3,
}
# What OpenSSL says, by its number (x509_vfy.h), in words of ours.
CHAIN_FAULTS = {
    10: "tls.expired", 9: "tls.not_yet", 18: "tls.self_signed", 19: "tls.self_signed", 62: "tls.wrong_host",
    64: "tls.wrong_host", 20: "tls.untrusted", 21: "tls.untrusted", 23: "tls.revoked",
}  # fmt: skip


@dataclass(frozen=True)
class TlsFacts:
    """``state``: "" never looked, "local" no HTTPS port to look at, "absent" refused, "unknown", "read".

    ``fault`` is the code of what is wrong with the certificate, empty when chain, host and dates hold.
    """

    state: str = ""
    fault: str = ""
    fault_text: str = ""
    days_left: int | None = None
    until: str = ""
    issuer: str = ""
    names: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    detail: str = field(default="")


def _handshake(fetcher: Fetcher, host: str, port: int, context: ssl.SSLContext) -> tuple[bytes, str]:
    """The certificate and the version agreed on. Raises ``OSError`` (``ssl.SSLError`` is one)."""
    address = fetcher.pins.address(host, port)
    seconds = fetcher.limits.connect_seconds
    with (
        socket.create_connection((address, port), timeout=seconds) as plain,
        context.wrap_socket(plain, server_hostname=host) as secured,
    ):
        return secured.getpeercert(binary_form=True) or b"", secured.version() or ""


def _accepts(fetcher: Fetcher, host: str, port: int, version: ssl.TLSVersion) -> bool:
    context = fetcher.tls_context(verify=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # offering what is outdated is the very question
        try:
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.maximum_version = version
            context.minimum_version = version
            context.set_ciphers("ALL:@SECLEVEL=0")
            _handshake(fetcher, host, port, context)
        except (OSError, ValueError):
            return False
    return True


def _certificate(der: bytes, now: datetime) -> dict[str, object]:
    found = x509.load_der_x509_certificate(der)
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        listed = tuple(str(name.value) for name in names)[:20]
    except (x509.ExtensionNotFound, ValueError):
        listed = ()
    until = found.not_valid_after_utc
    return {
        "days_left": (until - now).days,
        "until": until.date().isoformat(),
        "issuer": found.issuer.rfc4514_string()[:120],
        "names": listed,
    }


def read_tls(fetcher: Fetcher, url: str, now: datetime | None = None) -> TlsFacts:
    """The facts for the site at the address. Never raises for what the host does."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "http" and parts.port not in (None, 80):
        return TlsFacts("local")
    port = (parts.port or 443) if parts.scheme == "https" else 443
    try:
        fetcher.pins.address(host, port)
    except (Failed, Refused) as error:
        return TlsFacts("unknown", detail=error.code)
    fault, text = "", ""
    try:
        der, _ = _handshake(fetcher, host, port, fetcher.tls_context(verify=True))
    except ssl.SSLCertVerificationError as error:
        fault = CHAIN_FAULTS.get(error.verify_code, "tls.untrusted")
        text = str(error.verify_message)[:160]
        der = b""
    except ConnectionRefusedError:
        return TlsFacts("absent")
    except OSError as error:
        return TlsFacts("unknown", detail=str(error)[:160])
    return _facts(fetcher, host, port, der, fault, text, now or datetime.now(UTC))


def _facts(
    fetcher: Fetcher, host: str, port: int, der: bytes, fault: str, text: str, now: datetime
) -> TlsFacts:
    try:
        if not der:
            der, _ = _handshake(fetcher, host, port, fetcher.tls_context(verify=False))
        known = _certificate(der, now)
    except (OSError, ValueError) as error:
        return TlsFacts("unknown", fault, text, detail=str(error)[:160])
    versions = tuple(name for name, version in VERSIONS.items() if _accepts(fetcher, host, port, version))
    return TlsFacts("read", fault, text, versions=versions, **known)  # type: ignore[arg-type]
