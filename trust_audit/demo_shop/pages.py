"""All pages of a variant of the demo shop."""

from typing import Any

from trust_audit.demo_shop.catalogue import BRAND, SINCE, Product, products
from trust_audit.demo_shop.info import info_pages
from trust_audit.demo_shop.markup import ORIGIN, Leaf, link, neighbour
from trust_audit.demo_shop.traits import Traits


def _organization(traits: Traits) -> dict[str, Any]:
    names = {"alive": ["orvane"], "mixed": ["orvane-bis", "orvane-ferme"], "none": []}[traits.profiles]
    found: dict[str, Any] = {
        "@context": "https://schema.org", "@type": "Organization", "name": BRAND, "url": f"{ORIGIN}/",
        "sameAs": [neighbour("profil", f"/{name}") for name in names],
    }  # fmt: skip
    if traits.about == "people":
        found |= {"foundingDate": str(SINCE), "founder": {"@type": "Person", "name": "Maud Orvane"}}
    return found


def _site_search() -> dict[str, Any]:
    return {
        "@context": "https://schema.org", "@type": "WebSite", "url": f"{ORIGIN}/",
        "potentialAction": {"@type": "SearchAction", "target": f"{ORIGIN}/recherche?q={{q}}"},
    }  # fmt: skip


COMMITMENT = "<p>Satisfait ou remboursé pendant 30 jours."
FILLER = "<p>Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.</p>"


def _home(traits: Traits, goods: tuple[Product, ...]) -> Leaf:
    body = [f"<p>{BRAND} tourne, émaille et cuit le grès à la main, pour la table de tous les jours.</p>"]
    if traits.commitment == "conditions":
        body.append(f"{COMMITMENT} {link('/engagements', 'Voir les conditions de nos engagements')}</p>")
    elif traits.commitment == "bare":
        body.append(f"{COMMITMENT}</p>")
    if traits.vague_labels:
        body += [f"<p>{link(one.path, 'Cliquez ici')}</p>" for one in goods[:6]]
    if traits.texts == "filler":
        body.append(FILLER)
    if traits.affiliates:
        body.append(
            '<p><a href="https://www.awin1.com/cread.php?awinmid=1&amp;p=x">Nos coups de cœur</a></p>'
        )
        body.append(f"<p>{link(neighbour('partenaire', '/disparu'), 'Un ami')}</p>")
    broken = [f"<li>{link(f'/disparu/page-{n}', f'Nouveauté {n}')}</li>" for n in range(traits.broken_links)]
    broken += [f"<li>{link(f'/panne/page-{n}', f'Sélection {n}')}</li>" for n in range(traits.errors)]
    body.append("<h2>Nos rayons</h2><ul>" + "".join(broken) + "</ul>")
    body.append(_pictures(traits))
    body += [_signs(traits), _mail(traits)]
    return Leaf(
        "/",
        "Vaisselle et lampes en grès",
        "".join(body),
        data=(_organization(traits), _site_search()) if traits.search != "none" else (),
    )


def _pictures(traits: Traits) -> str:
    if traits.accessible == "poor":
        return '<img src="/static/a.png"><img src="/static/b.png"><img src="/static/c.png">'
    return '<img src="/static/atelier.jpg" alt="Le tour et le four de l\'atelier">'


def _signs(traits: Traits) -> str:
    parts = []
    if traits.pressure in ("timer", "ticked"):
        parts.append('<div class="countdown" data-countdown="600">Plus que 10 minutes</div>')
    field = '<input type="email" name="mail">' if traits.accessible == "poor" else (
        '<label for="mail">Votre adresse</label><input id="mail" type="email" name="mail">'
    )  # fmt: skip
    ticked = '<label><input type="checkbox" name="offres" checked> Recevoir les offres</label>'
    parts.append(
        f'<form action="/lettre" method="post">{field}{ticked if traits.pressure == "ticked" else ""}<button>OK</button></form>'
    )
    return "".join(parts)


def _mail(traits: Traits) -> str:
    return f'<p>Écrire : <a href="mailto:{traits.mailbox}">{traits.mailbox}</a></p>'


def _range(traits: Traits, name: str, goods: list[Product]) -> Leaf:
    cards = "".join(f"<li>{link(one.path, one.name)} <span>{one.price}</span></li>" for one in goods)
    text = f"<p>Les {name.lower()} de l'atelier sont tournées une à une ; les teintes varient un peu d'une pièce à l'autre.</p>"
    text += "<p>Chaque pièce passe au four deux fois et supporte le lave-vaisselle, le micro-ondes et l'usage de tous les jours.</p>"
    return Leaf(f"/{name.lower()}", name, f"{text}<ul>{cards}</ul>")


def _offer(traits: Traits, one: Product) -> dict[str, Any]:
    offer: dict[str, Any] = {
        "@type": "Offer", "price": f"{one.cents / 100:.2f}", "priceCurrency": "EUR",
        "availability": "https://schema.org/InStock",
    }  # fmt: skip
    if traits.shipping_markup:
        offer["shippingDetails"] = {
            "@type": "OfferShippingDetails",
            "shippingRate": {"@type": "MonetaryAmount", "value": "4.90", "currency": "EUR"},
            "deliveryTime": {"@type": "ShippingDeliveryTime", "transitTime": {"minValue": 2, "maxValue": 4}},
        }
        offer["hasMerchantReturnPolicy"] = {"@type": "MerchantReturnPolicy", "merchantReturnDays": 30}
        offer["warranty"] = {
            "@type": "WarrantyPromise",
            "durationOfWarranty": {"value": 2, "unitCode": "ANN"},
        }
    return offer


def _product_data(traits: Traits, one: Product) -> dict[str, Any]:
    data: dict[str, Any] = {
        "@context": "https://schema.org", "@type": "Product", "name": one.name, "image": f"{ORIGIN}/static/{one.sku}.jpg",
        "brand": {"@type": "Brand", "name": BRAND}, "offers": _offer(traits, one),
    }  # fmt: skip
    if traits.product == "full":
        data |= {
            "sku": one.sku, "gtin13": one.gtin,
            "additionalProperty": [
                {"@type": "PropertyValue", "name": "Diamètre", "value": f"{one.diameter_mm} mm"},
                {"@type": "PropertyValue", "name": "Poids", "value": f"{one.grams} g"},
            ],
        }  # fmt: skip
    if traits.reviews != "none":
        data["aggregateRating"] = {"@type": "AggregateRating", "ratingValue": "4.6", "reviewCount": "31"}
    if traits.reviews == "explained":
        data["review"] = {
            "@type": "Review", "datePublished": "2026-09-14", "author": {"@type": "Person", "name": "C."},
            "reviewBody": "Solide, et la couleur est celle de la photo.", "reviewRating": {"ratingValue": "5"},
        }  # fmt: skip
    return data


def _product(traits: Traits, one: Product, others: list[Product]) -> Leaf:
    buy = '<form action="/panier/ajouter" method="post"><button>Ajouter au panier</button></form>'
    near = "".join(f"<li>{link(other.path, other.name)}</li>" for other in others if other is not one)
    body = [
        f'<img src="/static/{one.sku}.jpg" alt="{one.name}">'
        if traits.accessible != "poor"
        else f'<img src="/static/{one.sku}.jpg">'
    ]
    body.append(f"<p>{_price(traits, one)}</p>{_specification(traits, one)}")
    if traits.shipping_markup:
        body.append(
            "<p>Livré chez vous entre le 2e et le 4e jour ouvré, 4,90 €, offert dès 60 € d'achat.</p>"
        )
    body.append({
        "notice": f"<p>Garantie légale de conformité de 2 ans ; garantie commerciale de l'atelier : 5 ans, hors chocs. {link('/garantie', 'Étendue des garanties')}</p>",
        "short": "<p>Garantie 2 ans.</p>", "none": "",
    }[traits.warranty])  # fmt: skip
    body.append(
        f"<p>{one.name} en grès émaillé, cuit à 1 240 degrés dans notre four. Convient au lave-vaisselle. Pièce tournée à la main, signée au revers.</p>"
    )
    body.append(
        "<p>Le grès se lave sans précaution, garde la chaleur et se patine avec le temps ; nous reprenons les pièces ébréchées.</p>"
    )
    body.append(f"{buy}<h2>Dans le même rayon</h2><ul>{near}</ul>")
    data = (_product_data(traits, one),) if traits.product != "poor" else ()
    return Leaf(one.path, one.name, "".join(body), ((one.range_name, one.range_path),), data, is_product=True)


def _price(traits: Traits, one: Product) -> str:
    if traits.product == "full":
        return f"{one.price} TTC, en stock"
    if traits.product == "partial":
        return f"{one.price}, en stock"
    return f"<del>{one.cents // 50},00 €</del> {one.price}"


def _specification(traits: Traits, one: Product) -> str:
    if traits.product != "full":
        return ""
    rows = (("Diamètre", f"{one.diameter_mm} mm"), ("Poids", f"{one.grams} g"), ("Matière", "grès"))
    return (
        "<table>" + "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in rows) + "</table>"
    )


def leaves(traits: Traits) -> dict[str, Leaf]:
    """Every page of the variant by its path."""
    goods = products(traits.ranges, traits.products_per_range)
    found = [_home(traits, goods), *info_pages(traits)]
    for name in dict.fromkeys(one.range_name for one in goods):
        own = [one for one in goods if one.range_name == name]
        found.append(_range(traits, name, own))
        found += [_product(traits, one, own[:4]) for one in own]
    return {leaf.path: leaf for leaf in found}
