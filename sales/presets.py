"""Mappings known by name, and the column names that files commonly use. Data alone."""

from sales.rules import Channel, Field, Mapping

PRESETS = {
    # UCI Online Retail: cancellations carry an invoice number of their own ("C…") and negative quantities.
    "online_retail": Mapping(
        columns={
            "client": "CustomerID",
            "day": "InvoiceDate",
            "order": "InvoiceNo",
            "product": "StockCode",
            "product_name": "Description",
            "quantity": "Quantity",
            "unit_price": "UnitPrice",
            "country": "Country",
        },
        date_format="%Y-%m-%d %H:%M:%S",
        decimal_mark=".",
        encoding="utf-8",
    ),
}

# Folded (case, accents, spaces and punctuation away): the first that a header holds wins, so numbers
# and codes stand before the words that a file may use for a name as well.
USUAL_NAMES: dict[Field, tuple[str, ...]] = {
    Field.CLIENT: (
        "clientid", "clientref", "customerid", "customerref", "customercode", "customernumber", "codeclient",
        "numeroclient", "noclient", "nclient", "nduclient", "numclient", "refclient", "referenceclient",
        "identifiantclient", "idclient", "accountid", "client", "customer", "account", "compte", "id",
    ),
    Field.DAY: (
        "day", "date", "invoicedate", "orderdate", "datecommande", "datedecommande", "datefacture",
        "datedefacture", "dateachat", "dateachats", "datedachat", "datevente", "datedevente", "jour",
        "purchasedate", "saledate",
    ),
    Field.AMOUNT: (
        "amount", "net", "netamount", "montantht", "montantnetht", "montantnet", "montant", "totalht", "total",
        "revenue", "caht", "ca", "sales", "dollarvalue", "linetotal",
    ),
    Field.QUANTITY: ("quantity", "qty", "quantite", "qte", "units", "nombre"),
    Field.UNIT_PRICE: ("unitprice", "price", "prixunitaire", "prixunitaireht", "pu", "puht", "prix"),
    Field.ORDER: (
        "orderid", "orderref", "ordernumber", "invoiceno", "numerocommande", "numerodecommande", "nocommande",
        "ncommande", "ndecommande", "refcommande", "referencecommande", "numerofacture", "numerodefacture",
        "nofacture", "nfacture", "ndefacture", "order", "invoice", "commande", "facture",
    ),
    Field.PRODUCT: (
        "productid", "productref", "stockcode", "sku", "codearticle", "refarticle", "referencearticle",
        "codeproduit", "refproduit", "referenceproduit", "reference", "product", "article", "produit",
    ),
    Field.COST: ("cost", "linecost", "cout", "coutht", "coutligne", "coutderevient", "costamount", "prixderevient"),
    Field.CURRENCY: ("currency", "devise", "monnaie"),
    Field.CLIENT_NAME: (
        "clientname", "customername", "nomclient", "nomduclient", "raisonsociale", "company", "societe", "client",
        "customer", "name", "nom",
    ),
    Field.PRODUCT_NAME: (
        "productname", "description", "designation", "libelle", "nomproduit", "libellearticle", "article", "produit",
        "product",
    ),
    Field.CATEGORY: ("category", "categorie", "famille", "family"),
    Field.CITY: ("city", "ville"),
    Field.COUNTRY: ("country", "pays"),
    Field.CHANNEL: ("channel", "canal", "saleschannel", "canaldevente"),
    Field.REFUNDED: ("refundedamount", "montantrembourse"),
    Field.DISCOUNT: (),  # never guessed: many files have taken it off their lines already
    Field.SUBTOTAL: (),
}  # fmt: skip

# Folded words of a channel, as shops and tills write them.
CHANNEL_WORDS: dict[str, Channel] = {
    **dict.fromkeys(("online", "web", "internet", "ecommerce", "eshop", "enligne", "site", "siteweb"), Channel.ONLINE),
    **dict.fromkeys(
        ("offline", "horsligne", "store", "shop", "pos", "retail", "magasin", "boutique", "phone", "telephone", "agence"),
        Channel.OFFLINE,
    ),
    **dict.fromkeys(("unknown", "inconnu"), Channel.UNKNOWN),
}  # fmt: skip
