"""Mappings known by name: what well-known programs call their columns. Data alone."""

from common.reading.shapes import Mapping
from intake.rules import Kind

PRESETS: dict[Kind, dict[str, Mapping]] = {
    # Shops: by e-mail, which guests have too and by which Shopify's orders name their buyer.
    Kind.CLIENTS: {
        "prestashop_customers": Mapping({
            "ref": "ID", "first_name": "First name", "last_name": "Last name", "email": "Email address", "kind": "=person",
            "observed_from": "Registration",
        }),
        "prestashop_customers_fr": Mapping({
            "ref": "ID", "first_name": "Prénom", "last_name": "Nom", "email": "Adresse e-mail", "kind": "=person",
            "observed_from": "Inscription",
        }),
        "woocommerce_customers": Mapping({
            "ref": "Email", "name": "Name", "email": "Email", "country": "Country / Region", "city": "City",
            "postcode": "Postal Code", "kind": "=person",
        }),
        "shopify_customers": Mapping({
            "ref": "Email", "first_name": "First Name", "last_name": "Last Name", "email": "Email", "phone": "Phone",
            "street": "Default Address Address1", "city": "Default Address City", "postcode": "Default Address Zip",
            "country": "Default Address Country Code", "tags": "Tags", "kind": "=person",
        }),
        "crm_companies": Mapping({
            "ref": "Record ID", "name": "Company name", "owner": "Company owner", "phone": "Phone Number",
            "street": "Street Address", "postcode": "Postal Code", "city": "City", "country": "Country/Region",
            "website": "Company Domain Name", "kind": "=company",
        }),
        "salesforce_accounts": Mapping({
            "ref": "Account ID", "name": "Account Name", "owner": "Account Owner", "phone": "Phone",
            "street": "Billing Street", "postcode": "Billing Zip/Postal Code", "city": "Billing City",
            "country": "Billing Country", "website": "Website", "kind": "=company",
        }),
        "zoho_accounts": Mapping({
            "ref": "Record Id", "name": "Account Name", "owner": "Account Owner", "phone": "Phone",
            "street": "Billing Street", "postcode": "Billing Code", "city": "Billing City", "country": "Billing Country",
            "website": "Website", "kind": "=company",
        }),
        "dynamics_accounts": Mapping({
            "ref": "(Do Not Modify) Account", "name": "Account Name", "owner": "Owner", "phone": "Main Phone",
            "street": "Address 1: Street 1", "postcode": "Address 1: ZIP/Postal Code", "city": "Address 1: City",
            "country": "Address 1: Country/Region", "website": "Website", "kind": "=company",
        }),
    },
    Kind.PRODUCTS: {
        "prestashop_products": Mapping({
            "ref": "Reference", "name": "Name", "category": "Category",
        }),
        "woocommerce_products": Mapping({
            "ref": "SKU", "name": "Name", "category": "Categories", "sold_online": "Published",
        }),
        "shopify_products": Mapping({
            "ref": "Variant SKU", "name": "Title", "category": "Product Category", "sold_online": "Published",
            "unit_cost": "Cost per item", "family": "Handle",
        }),
    },
    Kind.ORDERS: {
        "prestashop_orders": Mapping({
            "order": "Reference", "client": "Customer", "amount": "Total", "day": "Date",
        }),
        "prestashop_orders_fr": Mapping({
            "order": "Référence", "client": "Client", "amount": "Total", "day": "Date",
        }),
        "woocommerce_orders": Mapping({
            "order": "Order #", "client": "Customer", "amount": "N. Revenue", "day": "Date",
        }),
        "shopify_orders": Mapping({
            "order": "Name", "client": "Email", "day": "Created at", "product": "Lineitem sku",
            "product_name": "Lineitem name", "quantity": "Lineitem quantity", "unit_price": "Lineitem price",
            "currency": "Currency", "client_name": "Billing Name", "city": "Billing City", "country": "Billing Country",
            "refunded": "Refunded Amount", "discount": "Discount Amount", "subtotal": "Subtotal",
        }),
    },
    Kind.COSTS: {
        "shopify_products": Mapping({"product": "Variant SKU", "unit_cost": "Cost per item"}),
    },
}  # fmt: skip
# A column that files of these programs have, and few others: their other names are everybody's.
SIGNS = {"woocommerce_customers": "AOV"}
NAMES = {
    "online_retail": "UCI Online Retail",
    "prestashop_customers": "PrestaShop",
    "prestashop_customers_fr": "PrestaShop",
    "prestashop_orders": "PrestaShop",
    "prestashop_orders_fr": "PrestaShop",
    "prestashop_products": "PrestaShop",
    "woocommerce_customers": "WooCommerce",
    "woocommerce_orders": "WooCommerce",
    "woocommerce_products": "WooCommerce",
    "shopify_customers": "Shopify",
    "shopify_orders": "Shopify",
    "shopify_products": "Shopify",
    "crm_companies": "HubSpot",
    "salesforce_accounts": "Salesforce",
    "zoho_accounts": "Zoho CRM",
    "dynamics_accounts": "Dynamics 365",
}
