"""The frame around every page of the demo shop: head, header, trail, footer."""

import json
from dataclasses import dataclass
from html import escape
from typing import Any

from trust_audit.demo_shop.catalogue import BRAND, RANGES
from trust_audit.demo_shop.traits import Traits

# Replaced when a page is served: the origin of the shop, and that of its neighbours on the same port.
ORIGIN, NEIGHBOUR, YEAR = "@@origin@@", "@@neighbour:{}@@", "@@year@@"
PHONE = "01 99 00 12 34"  # numbers in 01 99 00 are kept free for fiction by the regulator
PREMIUM = "0 899 10 12 34"
HOURS = "du lundi au vendredi de 9 h à 18 h"


def neighbour(name: str, path: str = "/") -> str:
    """Address of a page of another host that the same server plays, such as the issuer of the seal."""
    return NEIGHBOUR.format(name) + path


@dataclass(frozen=True)
class Leaf:
    """A page before its frame is put on. ``trail``: (label, path) of its ancestors below home."""

    path: str
    title: str
    body: str
    trail: tuple[tuple[str, str], ...] = ()
    data: tuple[dict[str, Any], ...] = ()
    is_product: bool = False


def link(path: str, label: str, extra: str = "") -> str:
    return f'<a href="{escape(path)}"{extra}>{escape(label)}</a>'


def _info_links(traits: Traits) -> list[tuple[str, str]]:
    found = [
        ("/contact", "Contact"),
        ("/aide", "Aide et questions"),
        ("/cgv", "Conditions générales de vente"),
    ]
    found += [("/livraison", "Livraison")]
    if traits.legal != "none":
        found.append(("/mentions-legales", "Mentions légales"))
    if traits.returns != "none":
        found.append(("/retours", "Retours et remboursements"))
    if traits.returns == "function":
        found.append(("/renoncer", "Renoncer au contrat ici"))
    if traits.tracking != "none":
        found.append(("/suivi", "Suivi de commande"))
    if traits.about != "none":
        found.append(("/qui-sommes-nous", "Qui sommes-nous"))
    if traits.partners != "none":
        found.append(("/partenaires", "Nos partenaires"))
    if traits.commitment == "conditions":
        found.append(("/engagements", "Nos engagements"))
    if traits.reviews == "explained":
        found.append(("/avis", "Avis de nos clients"))
    if traits.accessible == "statement":
        found.append(("/accessibilite", "Accessibilité : totalement conforme"))
    if traits.payment != "own fields":
        found.append(("/paiement", "Paiement sécurisé"))
    if traits.trackers != "first":
        found.append(("/confidentialite", "Confidentialité"))
    return found


def _logo(traits: Traits) -> str:
    picture = f'<img src="/static/logo.svg" alt="{BRAND}" width="120" height="32">'
    return link_image("/", picture) if traits.logo_links_home else picture


def link_image(path: str, picture: str) -> str:
    return f'<a href="{escape(path)}">{picture}</a>'


def _search(traits: Traits, leaf: Leaf) -> str:
    if traits.search == "everywhere" or (traits.search == "home" and leaf.path == "/"):
        return (
            '<form role="search" action="/recherche" method="get"><label for="q">Chercher</label>'
            '<input id="q" type="search" name="q"><button>Chercher</button></form>'
        )
    return ""


def _menu(traits: Traits, leaf: Leaf) -> str:
    entries = [link("/", "Accueil")] if traits.breadcrumb == "links" or not traits.logo_links_home else []
    for name in RANGES[: traits.ranges]:
        here = traits.breadcrumb == "links" and leaf.path.startswith(f"/{name.lower()}")
        entries.append(link(f"/{name.lower()}", name, ' aria-current="true"' if here else ""))
    return "<ul>" + "".join(f"<li>{entry}</li>" for entry in entries) + "</ul>"


def _trail(traits: Traits, leaf: Leaf) -> str:
    if (
        leaf.path == "/"
        or traits.breadcrumb == "none"
        or (traits.breadcrumb == "text" and not leaf.is_product)
    ):
        return ""
    parts = [link("/", "Accueil")]
    for label, path in leaf.trail:
        parts.append(link(path, label) if traits.breadcrumb == "links" else escape(label))
    parts.append(f'<span aria-current="page">{escape(leaf.title)}</span>')
    items = "".join(f"<li>{part}</li>" for part in parts)
    return f'<nav aria-label="Fil d\'Ariane"><ol>{items}</ol></nav>'


def _head(traits: Traits, leaf: Leaf) -> str:
    title = f"{leaf.title} – {BRAND}" if traits.brand_in_title else leaf.title
    viewport = "" if traits.adapted == "none" else '<meta name="viewport" content="width=device-width">'
    data = "".join(f'<script type="application/ld+json">{json.dumps(one)}</script>' for one in leaf.data)
    return (
        f'<meta charset="utf-8"><title>{escape(title)}</title>{viewport}'
        f'<link rel="stylesheet" href="/static/shop.css">{_scripts(traits)}{data}'
    )


def _scripts(traits: Traits) -> str:
    found = ['<script src="/static/shop.js" defer></script>']
    if traits.payment == "provider":
        found.append(
            '<script src="https://js.stripe.com/v3/" integrity="sha384-AAAA" crossorigin="anonymous"></script>'
        )
    if traits.scripts == "foreign":
        found += [f'<script src="https://cdn{n}.example/widget.js"></script>' for n in range(3)]
    if traits.scripts == "insecure":
        found.append('<script src="http://cdn.example/old.js"></script>')
    if traits.trackers != "none":
        found.append('<script src="https://www.google-analytics.com/analytics.js"></script>')
    return "".join(found)


def _phone(traits: Traits, leaf: Leaf) -> str:
    if traits.phone == "everywhere":
        return f'<p>Service client : <a href="tel:+33199001234">{PHONE}</a>, {HOURS}.</p>'
    if traits.phone == "premium":
        return f"<p>Une question ? Appelez le {PREMIUM}.</p>"
    return ""


def _seal(traits: Traits) -> str:
    if traits.seal == "self":
        return '<img src="/static/qualite.png" alt="Label boutique de confiance">'
    path = "/verifier/atelier-orvane" if traits.seal == "confirmed" else "/verifier/inconnu"
    picture = f'<img src="{neighbour("label", "/sceau.png")}" alt="Label Boutique vérifiée">'
    return link_image(neighbour("label", path), picture)


def _footer(traits: Traits, leaf: Leaf) -> str:
    info = "".join(f"<li>{link(path, label)}</li>" for path, label in _info_links(traits))
    year = YEAR if traits.texts == "fresh" else "2017"
    profiles = {"alive": ["orvane"], "mixed": ["orvane-bis", "orvane-ferme"], "none": []}[traits.profiles]
    social = "".join(
        f"<li>{link(neighbour('profil', f'/{name}'), f'Profil {name}')}</li>" for name in profiles
    )
    return (
        f"<ul>{info}{social}</ul>{_phone(traits, leaf)}{_seal(traits) if leaf.path == '/' else ''}"
        f"<p>© {year} {BRAND}</p>"
    )


def _banner(traits: Traits) -> str:
    if traits.trackers == "consent":
        return '<div class="cookies"><p>Mesure d\'audience</p><button>Accepter</button><button>Tout refuser</button></div>'
    if traits.trackers == "first":
        return '<div class="cookies"><p>Ce site utilise des cookies.</p><button>Accepter</button></div>'
    return ""


def _is_bare(traits: Traits, leaf: Leaf) -> bool:
    """Whether the page lacks the frame of links that the home page has."""
    if traits.steady_frame == "partly":
        return leaf.is_product and leaf.path.endswith(("-1", "-3", "-5"))
    return traits.steady_frame == "home" and leaf.path != "/"


def _framed(traits: Traits, leaf: Leaf) -> str:
    if _is_bare(traits, leaf):
        home = link("/", "Accueil") if traits.steady_frame == "partly" else ""
        return f"<div>{home} {_phone(traits, leaf)}</div>{_trail(traits, leaf)}<div>{leaf.body}</div>"
    head = f'{_logo(traits)}{_search(traits, leaf)}<nav aria-label="Rayons">{_menu(traits, leaf)}</nav>'
    return (
        f'<header>{head}</header>{_trail(traits, leaf)}<main id="contenu"><h1>{escape(leaf.title)}</h1>{leaf.body}'
        f"</main><footer>{_footer(traits, leaf)}</footer>"
    )


def page(traits: Traits, leaf: Leaf) -> str:
    """The whole page, with the marks that the server replaces."""
    lang = {"poor": "", "plain": ' lang="fr"', "statement": ' lang="fr"'}[traits.accessible]
    if traits.texts == "filler" and lang == "":
        lang = ' lang="en"' if leaf.path == "/" else ""
    skip = '<a href="#contenu">Aller au contenu</a>' if traits.adapted == "full" else ""
    content = _framed(traits, leaf)
    if traits.adapted == "none":
        content = content.replace("<main ", "<div ").replace("</main>", "</div>")
    return (
        f"<!doctype html><html{lang}><head>{_head(traits, leaf)}</head><body>{skip}{content}"
        f"{_banner(traits)}</body></html>"
    )
