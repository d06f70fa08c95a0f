"""The only way an audit reaches a foreign host: GET and HEAD, pinned addresses, cut sizes, cut times.

The name of a host is resolved once in an audit; every address found is judged (``addresses.py``) and the
connection goes to the one that was judged, while Host, SNI and certificate keep the name. Redirects are followed
by hand and judged like the first address. No cookie, credential, proxy or environment variable has a say.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import httpcore2
import httpx2

from trust_audit.addresses import Network, Refused, check_host, choose, is_public, networks
from trust_audit.crawling.urls import is_address
from trust_audit.limits import Limits

__all__ = ["Failed", "Fetched", "Fetcher", "Limits", "Refused", "Resolver"]

Resolver = Callable[[str, int], Sequence[str]]

USER_AGENT = "CustomMix-audit/1.0 (site audit asked for by a person; obeys robots.txt)"
HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5",
    "Accept-Language": "fr,en;q=0.7",
    "Accept-Encoding": "gzip, deflate",
}
METHODS = ("GET", "HEAD")
# What the heads of the answers may weigh beside the body, in one fetch with all its redirects.
HEAD_BYTES = 300_000
REDIRECTS = (301, 302, 303, 307, 308)
MAX_URL = 4000


class Failed(Exception):
    """The page could not be had. ``code`` names the reason: time, connection, certificate, protocol, redirects."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(f"{code}: {what}"[:300])
        self.code = code
        self.what = what[:200]


@dataclass(frozen=True)
class Fetched:
    """An answer as it came: ``body`` decompressed and at most ``Limits.page_bytes`` long.

    ``cut`` tells why the body ended early: "" (it did not), "size", "time" or "broken". ``first_byte`` and
    ``seconds`` are counted from the last hop's request and from the first one's.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    cut: str
    hops: tuple[str, ...]
    first_byte: float
    seconds: float

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.headers if key == name)


def is_own_machine(host: str) -> bool:
    """``localhost`` and the names below it (RFC 6761)."""
    return host == "localhost" or host.endswith(".localhost")


def _is_private_literal(host: str) -> bool:
    return is_address(host) and not is_public(ip_address(host))


def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of the host. The names of this machine are loopback and never asked of a server."""
    if is_own_machine(host):
        return ["127.0.0.1"]
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


def _within(seconds: float, work: Callable[[], Sequence[str]]) -> Sequence[str]:
    """The C library's resolver knows no time limit of ours: it works in a thread that may be left behind."""
    answer: list[Sequence[str]] = []
    fault: list[Exception] = []

    def ask() -> None:
        try:
            answer.append(work())
        except Exception as error:
            fault.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    if answer:
        return answer[0]
    raise Failed("net.no_address" if fault else "net.timeout", str(fault[0]) if fault else "DNS")


class _Budget:
    """What is left of one fetch: seconds of the wall clock and bytes on the wire."""

    def __init__(self) -> None:
        self.deadline = 0.0
        self.bytes_left = 0
        self.bytes_read = 0

    def start(self, seconds: float, size: int) -> None:
        self.deadline = time.monotonic() + seconds
        self.bytes_left = size

    def timeout(self, asked: float | None) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("the time of this page is over")
        return left if asked is None else min(asked, left)

    def spend(self, count: int) -> None:
        self.bytes_left -= count
        self.bytes_read += count
        if self.bytes_left < 0:
            raise httpcore2.ReadError("too many bytes")


class _Stream(httpcore2.NetworkStream):
    """A connection whose every read and write fits into the budget of the running fetch, so that drips end."""

    def __init__(self, inner: httpcore2.NetworkStream, budget: _Budget) -> None:
        self._inner = inner
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, self._budget.timeout(timeout))
        self._budget.spend(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._budget.timeout(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._budget.timeout(timeout))
        return _Stream(inner, self._budget)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _PinnedBackend(httpcore2.NetworkBackend):
    """Connects to the address that was judged for the name, never to a second answer of the resolver."""

    def __init__(self, pins: "Pins", budget: _Budget) -> None:
        self._pins = pins
        self._budget = budget
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        address = self._pins.address(host, port)
        stream = self._plain.connect_tcp(address, port, self._budget.timeout(timeout), None, socket_options)
        return _Stream(stream, self._budget)


class Pins:
    """Host names and the address judged for each, for one audit."""

    def __init__(self, allow: Sequence[Network], resolver: Resolver, seconds: float) -> None:
        self._allow = allow
        self._resolver = resolver
        self._seconds = seconds
        self._found: dict[str, Sequence[str]] = {}
        self._only: str | None = None

    def is_local(self, host: str) -> bool:
        """Whether the host lies in a network that the operator opened, rather than on the open internet."""
        return any(not is_public(ip_address(one)) for one in self._found.get(host.lower().strip("[]"), ()))

    def stay_local(self, host: str) -> None:
        """From now on no name is looked up but this one and those of this machine."""
        self._only = host.lower().strip("[]")

    def address(self, host: str, port: int) -> str:
        """Raises ``Refused`` or ``Failed``; asks the resolver once per host, whatever the port."""
        host = host.lower().strip("[]")
        check_host(host)
        if self._only not in (None, host) and not is_own_machine(host) and not _is_private_literal(host):
            raise Refused("net.local_only", host)
        if host not in self._found:
            self._found[host] = _within(self._seconds, lambda: self._resolver(host, port))
        return choose(self._found[host], port, self._allow)


class Fetcher:
    """One audit's access to the network. Not for several threads. Use as a context manager.

    ``ca_file`` adds one more trusted authority, for a site on a company's own.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        allow_nets: Sequence[str] = (),
        resolver: Resolver = resolve,
        ca_file: str | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.allow = networks(allow_nets)
        self.pins = Pins(self.allow, resolver, self.limits.connect_seconds)
        self.ca_file = ca_file
        self.requests = 0
        self._budget = _Budget()
        self._pools: dict[bool, httpcore2.ConnectionPool] = {}
        # Hosts whose certificate did not hold: their pages are read all the same (decision 46).
        self._unverified: set[str] = set()

    @property
    def bytes_read(self) -> int:
        return self._budget.bytes_read

    @property
    def unverified(self) -> frozenset[str]:
        return frozenset(self._unverified)

    def __enter__(self) -> "Fetcher":
        return self

    def __exit__(self, *_: object) -> None:
        for pool in self._pools.values():
            pool.close()

    def tls_context(self, *, verify: bool) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self.ca_file is not None:
            context.load_verify_locations(self.ca_file)
        if not verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _pool(self, verify: bool) -> httpcore2.ConnectionPool:
        if verify not in self._pools:
            self._pools[verify] = httpcore2.ConnectionPool(
                ssl_context=self.tls_context(verify=verify),
                max_connections=4,
                keepalive_expiry=15,
                network_backend=_PinnedBackend(self.pins, self._budget),
            )
        return self._pools[verify]

    def checked(self, url: str) -> httpx2.URL:
        """The address taken apart, its host judged. Raises ``Refused`` or ``Failed`` before anything is dialled."""
        try:
            parsed = httpx2.URL(url)
            host = parsed.raw_host.decode("ascii")
            port = (443 if parsed.scheme == "https" else 80) if parsed.port is None else parsed.port
        except (httpx2.InvalidURL, UnicodeError, ValueError, TypeError) as error:
            raise Refused("net.bad_url", url[:100]) from error
        if parsed.scheme not in ("http", "https"):
            raise Refused("net.refused_scheme", parsed.scheme)
        if parsed.userinfo or not host or "%" in host or len(url) > MAX_URL:
            raise Refused("net.bad_url", url[:100])
        self.pins.address(host, port)
        return parsed

    def fetch(self, url: str, *, method: str = "GET", seconds: float | None = None) -> Fetched:
        """One page with its redirects. Raises ``Refused`` (never dialled) or ``Failed`` (no answer to be had)."""
        if method not in METHODS:
            raise ValueError(f"an audit sends {METHODS}, never {method}")
        limits = self.limits
        started = time.monotonic()
        self._budget.start(
            min(limits.page_seconds, seconds or limits.page_seconds), limits.page_bytes + HEAD_BYTES
        )
        hops: list[str] = []
        while True:
            target = self.checked(url)
            response, first_byte = self._answer(target, method)
            location = response.headers.get("location", "")
            if response.status_code not in REDIRECTS or not location:
                return self._read(response, str(target), tuple(hops), first_byte, started)
            response.close()
            hops.append(str(target))
            if len(hops) > limits.hops:
                raise Failed("net.redirects", str(target))
            url = self._joined(target, location)

    @staticmethod
    def _joined(target: httpx2.URL, location: str) -> str:
        try:
            return str(target.join(location))
        except (httpx2.InvalidURL, UnicodeError, ValueError) as error:
            raise Refused("net.bad_url", location[:100]) from error

    def _answer(self, target: httpx2.URL, method: str) -> tuple[httpx2.Response, float]:
        host = target.host
        try:
            return self._send(target, method, verify=host not in self._unverified)
        except httpcore2.ConnectError as error:
            if host in self._unverified or not isinstance(error.__context__, ssl.SSLCertVerificationError):
                raise Failed("net.tls" if _is_tls(error) else "net.connection", str(error)) from error
        self._unverified.add(host)
        try:
            return self._send(target, method, verify=False)
        except httpcore2.ConnectError as error:
            raise Failed("net.tls", str(error)) from error

    def _send(self, target: httpx2.URL, method: str, *, verify: bool) -> tuple[httpx2.Response, float]:
        limits = self.limits
        request = httpx2.Request(method, target, headers=HEADERS)
        timeouts = {
            "connect": limits.connect_seconds, "read": limits.read_seconds,
            "write": limits.read_seconds, "pool": limits.connect_seconds,
        }  # fmt: skip
        inner = httpcore2.Request(
            method,
            httpcore2.URL(
                scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path
            ),
            headers=request.headers.raw,
            extensions={"timeout": timeouts},
        )
        self.requests += 1
        started = time.monotonic()
        try:
            answer = self._pool(verify).handle_request(inner)
        except httpcore2.ConnectError:
            raise
        except httpcore2.TimeoutException as error:
            raise Failed("net.timeout", str(error)) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError, ValueError) as error:
            raise Failed("net.protocol", str(error)) from error
        taken = time.monotonic() - started
        return (
            httpx2.Response(answer.status, headers=answer.headers, stream=_Body(answer), request=request),
            taken,
        )

    def _read(
        self, response: httpx2.Response, url: str, hops: tuple[str, ...], first_byte: float, started: float
    ) -> Fetched:
        body, cut = self._cut(response)
        return Fetched(
            url=url,
            status=response.status_code,
            headers=tuple((key.lower(), value) for key, value in response.headers.multi_items()),
            body=body,
            cut=cut,
            hops=hops,
            first_byte=first_byte,
            seconds=time.monotonic() - started,
        )

    def _cut(self, response: httpx2.Response) -> tuple[bytes, str]:
        """The body up to the limit, and why it ended early. Decompression yields at most 1 MiB at a time."""
        limit, kept, size, cut = self.limits.page_bytes, [], 0, ""
        try:
            for chunk in response.iter_bytes(65_536):
                kept.append(chunk[: limit - size])
                size += len(kept[-1])
                self._budget.timeout(None)
                if size >= limit:
                    cut = "size"
                    break
        except httpcore2.TimeoutException:
            cut = "time"
        except httpcore2.ReadError:
            cut = "size" if self._budget.bytes_left < 0 else "broken"
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpx2.HTTPError, OSError, ValueError):
            cut = "broken"
        finally:
            response.close()
        return b"".join(kept), cut


def _is_tls(error: BaseException) -> bool:
    return isinstance(error.__context__, ssl.SSLError)


class _Body(httpx2.SyncByteStream):
    """The raw body of httpcore2 as httpx2 wants it; closing it gives the connection back or drops it."""

    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
