"""The hosts around the demo shop that the same server plays: the seal's issuer, profiles, partners, a mediator."""

from trust_audit.demo_shop.catalogue import BRAND

ISSUER = "label.localhost"
NAMES = ("label", "profil", "partenaire", "mediateur")
HOSTS = tuple(f"{name}.localhost" for name in NAMES)
TEXT = (
    "Cette page appartient à un site voisin de la boutique de démonstration, servi par la même machine. " * 3
)


def _page(title: str, body: str) -> str:
    return f'<!doctype html><html lang="fr"><head><title>{title}</title></head><body><h1>{title}</h1>{body}<p>{TEXT}</p></body></html>'


def neighbour_page(host: str, path: str, origin: str, year: int) -> str | None:
    """The page of the host, or ``None`` for a 404. ``origin`` is the shop's own address."""
    shop = f'<p><a href="{origin}/">{BRAND}</a></p>'
    pages = {
        ("label.localhost", "/verifier/atelier-orvane"): _page(
            "Label Boutique vérifiée",
            f"<p>{BRAND}, {origin} : certifié, valable jusqu'au 31/12/{year + 1}.</p>",
        ),
        ("profil.localhost", "/orvane"): _page("Profil d'Atelier Orvane", shop),
        ("profil.localhost", "/orvane-bis"): _page("Profil", "<p>Photos de l'atelier.</p>"),
        ("partenaire.localhost", "/argile"): _page("Argilière", f"<p>Nos clients :</p>{shop}"),
        ("partenaire.localhost", "/galerie"): _page("Galerie", f"<p>Nos potiers :</p>{shop}"),
        ("mediateur.localhost", "/"): _page("Médiation Exemple", "<p>Saisir le médiateur.</p>"),
    }
    return pages.get((host, path))
