"""The pages of the demo shop that are not about goods: who sells, how it is delivered, what if it goes wrong."""

from trust_audit.demo_shop.catalogue import BRAND, SINCE
from trust_audit.demo_shop.markup import HOURS, PHONE, Leaf, link, neighbour
from trust_audit.demo_shop.traits import Traits

# A number with a true check digit of a firm that does not exist; its VAT key follows from it.
SIREN = "987 654 324"
VAT = "FR 14 987654324"
PADDING = (
    "<p>Nous répondons à toute question par écrit en un jour ouvré. L'atelier est ouvert aux visiteurs le premier"
    " samedi du mois ; on y voit le tournage, l'émaillage et le défournement des pièces de la semaine.</p>"
)


def _legal(traits: Traits) -> str:
    parts = [
        f"<p>{BRAND} SARL, au capital de 40 000 €. Siège : 12 rue des Potiers, 03200 Vichy.</p>",
        f"<p>RCS Cusset {SIREN}.</p>",
        f'<p>Courriel : <a href="mailto:{traits.mailbox}">{traits.mailbox}</a>.</p>',
    ]
    if traits.legal == "full":
        parts.append(
            f"<p>TVA intracommunautaire : {VAT}.</p><p>Directrice de la publication : Maud Orvane.</p>"
        )
        parts.append("<p>Hébergeur : Exemple Hébergement SAS, 1 place du Serveur, 59000 Lille.</p>")
    return "".join(parts) + PADDING


def _terms(traits: Traits) -> str:
    parts = ["<p>Les présentes conditions règlent la vente à distance de nos pièces aux consommateurs.</p>"]
    if traits.mediator == "named":
        parts.append(
            "<p>Réclamation : écrivez-nous d'abord. Sans accord, le médiateur de la consommation est Médiation Exemple,"
            f" 5 rue du Recours, 75000 Paris, {link(neighbour('mediateur'), 'site du médiateur')}.</p>"
        )
    elif traits.mediator == "odr":
        parts.append(
            "<p>Réclamation : le médiateur de la consommation est Médiation Exemple. Plateforme européenne :"
            ' <a href="https://ec.europa.eu/consumers/odr">règlement en ligne des litiges</a>.</p>'
        )
    return "".join(parts) + PADDING


def _delivery(traits: Traits) -> str:
    parts = ["<p>Livraison à domicile en 2 à 4 jours ouvrés par transporteur suivi.</p>"]
    if traits.delivery == "full":
        parts.append(
            "<table><tr><th>Zone</th><th>Prix</th></tr><tr><td>France</td><td>4,90 €</td></tr><tr><td>Europe</td>"
            "<td>9,90 €</td></tr></table><p>Offert dès 60 € d'achat. Une pièce cassée ou non conforme est échangée.</p>"
        )
    return "".join(parts) + PADDING


def _returns(traits: Traits) -> str:
    parts = ["<p>Vous avez 14 jours pour changer d'avis.</p>"]
    if traits.returns == "function":
        parts.append(
            "<p>Remboursement sous 14 jours, frais de retour à notre charge. Formulaire type de rétractation :"
            f" {link('/renoncer', 'Renoncer au contrat ici')}.</p>"
        )
    return "".join(parts) + PADDING


def _contact(traits: Traits) -> str:
    parts = [f"<p>{BRAND}, 12 rue des Potiers, 03200 Vichy.</p>"]
    if traits.phone != "premium":
        hours = f", {HOURS}" if traits.phone == "everywhere" else ""
        parts.append(f'<p>Téléphone : <a href="tel:+33199001234">{PHONE}</a>{hours}.</p>')
    return "".join(parts) + PADDING


def _about(traits: Traits) -> str:
    if traits.about == "people":
        return f"<p>Fondé en {SINCE} par Maud Orvane, céramiste, l'atelier compte six potiers : Maud, Ilan, Rose, Tomas, Ada et Jules.</p>{PADDING}"
    return f"<p>Nous aimons la belle vaisselle et la qualité, et voulons la partager avec vous.</p>{PADDING}"


def _partners(traits: Traits) -> str:
    names = (("argile", "Argilière du Bourbonnais, notre terre"), ("galerie", "Galerie Quai 9, revendeur"))
    if traits.partners == "linked":
        items = "".join(f"<li>{link(neighbour('partenaire', f'/{key}'), name)}</li>" for key, name in names)
    else:
        items = "".join(f"<li>{name}</li>" for _, name in names)
    return f"<p>Qui nous fournit et qui nous revend.</p><ul>{items}</ul>{PADDING}"


def _payment(traits: Traits) -> str:
    parts = ["<p>Carte bancaire, Visa, Mastercard et PayPal.</p>"]
    if traits.payment == "provider":
        parts.append(
            "<p>La carte est saisie chez notre prestataire Stripe, avec authentification forte (3-D Secure).</p>"
        )
    return "".join(parts) + PADDING


COMMITMENTS = (
    "<p>Satisfait ou remboursé : renvoyez la pièce sous 30 jours, dans son emballage, nous remboursons le prix et le"
    " port. Moins cher ailleurs : envoyez-nous l'offre, nous remboursons la différence pendant 15 jours.</p>"
)
REVIEWS = (
    "<p>Nos avis sont contrôlés : seuls les clients livrés reçoivent l'invitation à écrire. Les avis sont publiés par"
    " ordre de date, bons ou mauvais, sans contrepartie.</p>"
)
WARRANTY = (
    "<p>Garantie légale de conformité : deux ans. Garantie commerciale : cinq ans, hors chocs et usure normale. Pour la"
    ' demander, envoyez une photo et le numéro de commande.</p><p><a href="https://europa.eu/youreurope/citizens/'
    'consumers/shopping/guarantees/index_fr.htm">Notice européenne sur la garantie légale</a></p>'
)
CARD_FIELDS = (
    '<form action="/payer" method="post"><label for="cc">Carte</label><input id="cc" name="cardnumber"'
    ' autocomplete="cc-number"><label for="cv">Code</label><input id="cv" name="cvc" autocomplete="cc-csc">'
    "<button>Payer</button></form>"
)


def info_pages(traits: Traits) -> list[Leaf]:
    found = [
        Leaf(
            "/contact", "Contact", _contact(traits) + (CARD_FIELDS if traits.payment == "own fields" else "")
        ),
        Leaf(
            "/aide",
            "Aide et questions",
            "<p>Comment passer commande, suivre un colis, échanger une pièce.</p>" + PADDING,
        ),
        Leaf("/cgv", "Conditions générales de vente", _terms(traits)),
        Leaf(
            "/confidentialite",
            "Confidentialité",
            "<p>Nous gardons votre adresse le temps de vous livrer.</p>" + PADDING,
        ),
        Leaf("/recherche", "Recherche", "<p>Saisissez un mot.</p>" + PADDING),
    ]
    wanted = (
        (traits.delivery != "locked", Leaf("/livraison", "Livraison", _delivery(traits))),
        (traits.legal != "none", Leaf("/mentions-legales", "Mentions légales", _legal(traits))),
        (traits.returns != "none", Leaf("/retours", "Retours et remboursements", _returns(traits))),
        (traits.returns == "function", Leaf("/renoncer", "Renoncer au contrat ici", _withdrawal())),
        (traits.tracking == "open", Leaf("/suivi", "Suivi de commande", _tracking())),
        (traits.about != "none", Leaf("/qui-sommes-nous", "Qui sommes-nous", _about(traits))),
        (traits.partners != "none", Leaf("/partenaires", "Nos partenaires", _partners(traits))),
        (traits.commitment == "conditions", Leaf("/engagements", "Nos engagements", COMMITMENTS + PADDING)),
        (traits.reviews == "explained", Leaf("/avis", "Avis de nos clients", REVIEWS + PADDING)),
        (traits.accessible == "statement", Leaf("/accessibilite", "Accessibilité", _statement())),
        (traits.payment != "own fields", Leaf("/paiement", "Paiement sécurisé", _payment(traits))),
        (traits.warranty == "notice", Leaf("/garantie", "Étendue des garanties", WARRANTY + PADDING)),
    )
    return found + [leaf for is_there, leaf in wanted if is_there]


def _withdrawal() -> str:
    return (
        '<form action="/renoncer" method="post"><label for="cde">Numéro de commande</label><input id="cde" name="commande">'
        "<button>Confirmer la rétractation</button></form>" + PADDING
    )


def _tracking() -> str:
    return (
        '<p>Du four à votre porte, étape par étape.</p><form action="/suivi" method="get"><label for="num">Numéro'
        ' de commande</label><input id="num" name="numero"><button>Suivre</button></form>' + PADDING
    )


def _statement() -> str:
    return f"<p>{BRAND} s'engage : ce site est totalement conforme au RGAA 4.1 (audit du 3 mars 2026).</p>{PADDING}"
