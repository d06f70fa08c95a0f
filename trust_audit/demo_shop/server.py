"""Serves a variant of the demo shop on loopback, over HTTP or over both HTTP and HTTPS on one port."""

import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from trust_audit.demo_shop import certificates
from trust_audit.demo_shop.markup import NEIGHBOUR, ORIGIN, YEAR, Leaf, page
from trust_audit.demo_shop.neighbours import HOSTS, NAMES, neighbour_page
from trust_audit.demo_shop.pages import leaves
from trust_audit.demo_shop.traits import TRAITS, Traits, Variant

ADDRESS = "127.0.0.1"
OWN_HOSTS = (ADDRESS, "localhost", "boutique.localhost")
TLS_RECORD = b"\x16"
HTML = "text/html; charset=utf-8"
FULL_HEADERS = (
    ("Content-Security-Policy", "default-src 'self'; script-src 'self' https://js.stripe.com; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Referrer-Policy", "same-origin"),
)  # fmt: skip
SOME_HEADERS = (("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "SAMEORIGIN"))
HSTS = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
ROBOTS = "User-agent: *\nDisallow: /panier\nDisallow: /compte\n"


@dataclass(frozen=True)
class Request:
    """One request as the server saw it."""

    method: str
    host: str
    path: str
    cookie: str


@dataclass(frozen=True)
class Answer:
    status: int
    body: str = ""
    kind: str = HTML
    headers: tuple[tuple[str, str], ...] = ()


class _Site:
    """The answers of one variant, apart from sockets."""

    def __init__(self, traits: Traits, origin: str, tls: bool) -> None:
        self.traits = traits
        self.origin = origin
        self.tls = tls
        self.leaves = leaves(traits)
        self.year = date.today().year

    def _finished(self, text: str) -> str:
        scheme, _, place = self.origin.partition("://")
        port = place.rpartition(":")[2]
        for name in NAMES:
            text = text.replace(NEIGHBOUR.format(name), f"{scheme}://{name}.localhost:{port}")
        return text.replace(ORIGIN, self.origin).replace(YEAR, str(self.year))

    def answer(self, host: str, target: str) -> Answer:
        path = target.split("?")[0]
        if host in HOSTS:
            text = neighbour_page(host, path, self.origin, self.year)
            return Answer(404, "<p>404</p>") if text is None else Answer(200, text)
        if path == "/robots.txt":
            return Answer(200, ROBOTS, "text/plain")
        locked = {"/livraison": self.traits.delivery, "/suivi": self.traits.tracking}
        if locked.get(path) == "locked":
            return Answer(302, headers=(("Location", "/connexion"),))
        if path.startswith("/panne/"):
            return Answer(500, "<p>Erreur interne</p>")
        leaf = self.leaves.get(path)
        if leaf is None:
            return self._missing(path)
        if self.traits.slow_seconds and leaf.is_product and path[-1] in "24680":
            time.sleep(self.traits.slow_seconds)
        return Answer(200, self._finished(page(self.traits, leaf)), headers=self._headers(leaf))

    def _missing(self, path: str) -> Answer:
        if path == "/connexion":
            form = '<form action="/connexion" method="post"><label for="p">Mot de passe</label><input id="p" type="password" name="p"><button>Se connecter</button></form>'
            text = page(
                self.traits, Leaf(path, "Connexion", form + "<p>Identifiez-vous pour voir cette page.</p>")
            )
            return Answer(200, self._finished(text))
        if self.traits.missing_page == "bare":
            return Answer(404, "<p>404</p>")
        text = page(
            self.traits,
            Leaf(
                path,
                "Page introuvable",
                "<p>Cette page n'existe pas ou plus. Voici nos rayons, notre aide et de quoi chercher ce que vous vouliez trouver dans la boutique.</p>",
            ),
        )
        return Answer(404 if self.traits.missing_page == "real" else 200, self._finished(text))

    def _headers(self, leaf: Leaf) -> tuple[tuple[str, str], ...]:
        kind = self.traits.headers
        found: tuple[tuple[str, str], ...] = {"full": FULL_HEADERS, "some": SOME_HEADERS, "none": ()}[kind]
        secure = "; Secure" if self.tls else ""
        cookies: tuple[str, ...] = {
            "full": (f"session=demo; Path=/; HttpOnly; SameSite=Lax{secure}",),
            "some": ("session=demo; Path=/; HttpOnly",),
            "none": ("session=demo; Path=/",),
        }[kind]
        if self.traits.trackers == "first":
            cookies += ("_ga=GA1.2.3; Path=/; Max-Age=63072000",)
        strict = (HSTS,) if self.tls and kind == "full" else ()
        return (*found, *strict, *(("Set-Cookie", cookie) for cookie in cookies))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 30
    server: "_Server"

    def log_message(self, *_: Any) -> None:
        """Quiet: requests are kept in ``Shop.requests``."""

    def do_GET(self) -> None:
        self._send(with_body=True)

    def do_HEAD(self) -> None:
        self._send(with_body=False)

    def do_POST(self) -> None:
        self.close_connection = True
        self._write(Answer(405), with_body=True)

    def _send(self, *, with_body: bool) -> None:
        host = (self.headers.get("Host") or "").rpartition(":")[0].lower()
        self.server.requests.append(Request(self.command, host, self.path, self.headers.get("Cookie") or ""))
        if self.server.context is not None and not isinstance(self.connection, ssl.SSLSocket):
            place = f"https://{self.headers.get('Host')}{self.path}"
            self._write(Answer(301, headers=(("Location", place),)), with_body=with_body)
            return
        self._write(self.server.site.answer(host, self.path), with_body=with_body)

    def _write(self, answer: Answer, *, with_body: bool) -> None:
        body = answer.body.encode()
        self.send_response_only(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    site: _Site
    context: ssl.SSLContext | None = None

    def __init__(self, port: int) -> None:
        super().__init__((ADDRESS, port), _Handler)
        self.requests: list[Request] = []

    def finish_request(self, request: Any, client_address: Any) -> None:
        """TLS when the first byte says so: one port answers both, so that the step from HTTP to HTTPS shows."""
        if self.context is not None:
            request.settimeout(10)
            if request.recv(1, socket.MSG_PEEK) == TLS_RECORD:
                request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up or breaks a handshake off is none of the shop's business."""


@dataclass(frozen=True)
class Shop:
    """A running shop. ``ca_file`` is the authority to trust over HTTPS; ``requests`` grows with each request."""

    url: str
    variant: Variant
    traits: Traits
    ca_file: str | None
    requests: list[Request]
    page_count: int


@contextmanager
def serving(
    variant: Variant | str,
    *,
    port: int = 0,
    tls: bool = False,
    certificate: str | None = None,
    traits: Traits | None = None,
    host: str = ADDRESS,
) -> Iterator[Shop]:
    """Serve a variant until the block ends; port 0 takes a free one.

    ``certificate`` overrides the variant's kind (``certificates.KINDS``), ``traits`` what is planted, ``host`` the
    name under which the shop calls itself (one of ``OWN_HOSTS``).
    """
    variant = Variant(variant)
    planted = traits or TRAITS[variant]
    with tempfile.TemporaryDirectory() as folder:
        server = _Server(port)
        origin = f"{'https' if tls else 'http'}://{host}:{server.server_address[1]}"
        server.site = _Site(planted, origin, tls)
        ca_file = None
        if tls:
            files = certificates.make(Path(folder), certificate or planted.certificate, OWN_HOSTS + HOSTS)
            server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            server.context.load_cert_chain(files.certificate, files.key)
            ca_file = str(files.authority)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield Shop(f"{origin}/", variant, planted, ca_file, server.requests, len(server.site.leaves))
        finally:
            server.shutdown()
            server.server_close()
            thread.join(5)
