"""Mappings known by name: what well-known programs call their columns. Data alone."""

from common.reading.shapes import Mapping
from intake.rules import Kind

PRESETS: dict[Kind, dict[str, Mapping]] = {
    Kind.CLIENTS: {
        "prestashop_customers": Mapping({
            "ref": "ID", "first_name": "First name", "last_name": "Last name", "email": "Email address", "kind": "=person",
            "observed_from": "Registration",
        }),
        "woocommerce_customers": Mapping({
            "ref": "Username", "name": "Name", "email": "Email", "country": "Country / Region", "city": "City",
            "postcode": "Postal Code", "kind": "=person",
        }),
        "shopify_customers": Mapping({
            "ref": "Customer ID", "first_name": "First Name", "last_name": "Last Name", "email": "Email", "phone": "Phone",
            "street": "Default Address Address1", "city": "Default Address City", "postcode": "Default Address Zip",
            "country": "Default Address Country Code", "tags": "Tags", "kind": "=person",
        }),
        "crm_companies": Mapping({
            "ref": "Record ID", "name": "Company name", "owner": "Company owner", "phone": "Phone Number",
            "street": "Street Address", "postcode": "Postal Code", "city": "City", "country": "Country/Region",
            "website": "Company Domain Name", "kind": "=company",
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
            "unit_cost": "Cost per item",
        }),
    },
    Kind.ORDERS: {
        "prestashop_orders": Mapping({
            "order": "Reference", "client": "Customer", "amount": "Total", "day": "Date",
        }),
        "woocommerce_orders": Mapping({
            "order": "Order #", "client": "Customer", "amount": "N. Revenue", "day": "Date",
        }),
        "shopify_orders": Mapping({
            "order": "Name", "client": "Email", "day": "Created at", "product": "Lineitem sku",
            "product_name": "Lineitem name", "quantity": "Lineitem quantity", "unit_price": "Lineitem price",
            "currency": "Currency", "client_name": "Billing Name", "city": "Billing City", "country": "Billing Country",
        }),
    },
    Kind.COSTS: {
        "shopify_products": Mapping({"product": "Variant SKU", "unit_cost": "Cost per item"}),
    },
}  # fmt: skip
NAMES = {
    "online_retail": "UCI Online Retail",
    "prestashop_customers": "PrestaShop",
    "prestashop_orders": "PrestaShop",
    "prestashop_products": "PrestaShop",
    "woocommerce_customers": "WooCommerce",
    "woocommerce_orders": "WooCommerce",
    "woocommerce_products": "WooCommerce",
    "shopify_customers": "Shopify",
    "shopify_orders": "Shopify",
    "shopify_products": "Shopify",
    "crm_companies": "CRM",
}
