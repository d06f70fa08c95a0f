"""Hosts and pages made to break a robot, served on loopback: every name below .localhost is a case of its own."""

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from trust_audit.net import is_own_machine

Behaviour = Callable[[socket.socket, str], None]
TEXT = (
    "Une boutique de vaisselle qui vend des assiettes, des bols et des tasses, faits main, à qui veut bien. "
    * 4
)


def http(
    body: bytes | str, *headers: str, status: str = "200 OK", kind: str = "text/html; charset=utf-8"
) -> bytes:
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(data)}", "Connection: close", *headers]
    if kind:
        lines.append(f"Content-Type: {kind}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


def page(body: str, head: str = "") -> str:
    return f'<!doctype html><html lang="fr"><head><title>Piège</title>{head}</head><body>{body}</body></html>'


def sends(data: bytes) -> Behaviour:
    def behave(connection: socket.socket, path: str) -> None:
        connection.sendall(data)

    return behave


def endless(head: bytes, piece: bytes, pause: float = 0.0) -> Behaviour:
    """Never ends by itself; with a pause it drips."""

    def behave(connection: socket.socket, path: str) -> None:
        connection.sendall(head)
        deadline = time.monotonic() + 25
        while time.monotonic() < deadline:
            connection.sendall(piece)
            if pause:
                time.sleep(pause)

    return behave


def redirects(target: str, status: str = "302 Found") -> Behaviour:
    return sends(http("", f"Location: {target}", status=status))


def hangs(connection: socket.socket, path: str) -> None:
    time.sleep(3)


def resets(connection: socket.socket, path: str) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def bomb(size: int, layers: int = 1) -> bytes:
    data = b"<p>" + b"0" * size
    for _ in range(layers):
        data = gzip.compress(data, 9)
    return data


def raw_deflate(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(b"0" * size) + packer.flush()


@dataclass
class Host:
    """What a name answers: its robots.txt, else a 404, and its pages by path ("*" for any other)."""

    pages: dict[str, Behaviour]
    robots: Behaviour = field(default_factory=lambda: sends(http("", status="404 Not Found")))


def only(behaviour: Behaviour | bytes | str) -> Host:
    if isinstance(behaviour, str):
        behaviour = http(behaviour)
    return Host({"*": sends(behaviour) if isinstance(behaviour, bytes) else behaviour})


class Trap:
    """A server that does to each client what the case of the asked name says."""

    def __init__(self, hosts: dict[str, Host]) -> None:
        self.hosts = hosts
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.served = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, name: str) -> str:
        return f"http://{name}.localhost:{self.port}/"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(5)
            try:
                head = b""
                while b"\r\n\r\n" not in head and (more := connection.recv(65536)):
                    head += more
                self.served += 1
                self._answer(connection, head.decode("latin-1"))
            except OSError:
                return

    def _answer(self, connection: socket.socket, head: str) -> None:
        lines = head.split("\r\n")
        path = lines[0].split(" ")[1] if " " in lines[0] else "/"
        name = next((line[5:].strip() for line in lines if line.lower().startswith("host:")), "")
        host = self.hosts.get(name.split(".")[0])
        if host is None:
            return
        behave = host.robots if path == "/robots.txt" else host.pages.get(path) or host.pages.get("*")
        if behave is not None:
            behave(connection, path)
        else:
            connection.sendall(http("", status="404 Not Found"))

    def close(self) -> None:
        self.listener.close()


class Canary:
    """Something internal that must never be reached: counts the connections to it on 127.0.0.2, ::1 and 127.0.0.1."""

    def __init__(self) -> None:
        self.hits = 0
        first = socket.create_server(("127.0.0.2", 0), backlog=64)
        self.port = first.getsockname()[1]
        self.listeners = [first, socket.create_server(("127.0.0.1", self.port), backlog=64)]
        if socket.has_ipv6:
            with suppress(OSError):  # a machine without the loopback of IPv6
                self.listeners.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        for listener in self.listeners:
            threading.Thread(target=self._count, args=(listener,), daemon=True).start()

    def _count(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.hits += 1
            connection.close()

    def close(self) -> None:
        for listener in self.listeners:
            listener.close()


@contextmanager
def trap(hosts: dict[str, Host]) -> Iterator[Trap]:
    server = Trap(hosts)
    try:
        yield server
    finally:
        server.close()


def loopback_only(host: str, port: int) -> list[str]:
    """A resolver for tests: names of this machine and numbers written as addresses; any other name has none."""
    if is_own_machine(host):
        return ["127.0.0.1"]
    return [
        str(row[4][0])
        for row in socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST, type=socket.SOCK_STREAM)
    ]
