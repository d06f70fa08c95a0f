"""Mappings known by name, and the column names that files commonly use. Data alone."""

from sales.rules import Field, Mapping

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

# Folded (case, accents, spaces and punctuation away): the first that a header holds wins.
USUAL_NAMES: dict[Field, tuple[str, ...]] = {
    Field.CLIENT: (
        "client", "clientid", "clientref", "customerid", "customer", "codeclient", "customercode",
        "numeroclient", "noclient", "nclient", "refclient", "account", "accountid", "compte", "id",
    ),
    Field.DAY: (
        "day", "date", "invoicedate", "orderdate", "datecommande", "datefacture", "dateachat", "jour",
        "purchasedate", "saledate",
    ),
    Field.AMOUNT: (
        "amount", "net", "netamount", "montantht", "montant", "totalht", "total", "revenue", "ca",
        "sales", "dollarvalue", "linetotal",
    ),
    Field.QUANTITY: ("quantity", "qty", "quantite", "qte", "units", "nombre"),
    Field.UNIT_PRICE: ("unitprice", "price", "prixunitaire", "pu", "puht", "prix"),
    Field.ORDER: (
        "order", "orderid", "orderref", "invoiceno", "invoice", "commande", "facture", "numerocommande",
        "numerofacture", "ordernumber", "nocommande", "nofacture", "ncommande", "nfacture",
    ),
    Field.PRODUCT: ("product", "productid", "productref", "stockcode", "sku", "article", "produit", "codearticle", "reference"),
    Field.COST: ("cost", "linecost", "cout", "costamount", "prixderevient"),
    Field.CURRENCY: ("currency", "devise", "monnaie"),
    Field.CLIENT_NAME: ("clientname", "customername", "nomclient", "raisonsociale", "company", "societe", "name", "nom"),
    Field.PRODUCT_NAME: ("productname", "description", "designation", "libelle", "nomproduit", "libellearticle"),
    Field.CATEGORY: ("category", "categorie", "famille", "family"),
    Field.CITY: ("city", "ville"),
    Field.COUNTRY: ("country", "pays"),
}  # fmt: skip
