from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SalesConfig(AppConfig):
    name = "sales"
    verbose_name = _("Sales")

    def ready(self) -> None:
        from accounts.rights import may
        from accounts.rules import Act
        from clients.bulk.acts import register_export
        from clients.merging.followers import follow
        from clients.personal import add_source
        from clients.personal.retention import add_orders
        from clients.registry import add_panel, add_search, set_revenue_source
        from common.lists import registry as lists
        from common.navigation import Entry, add
        from sales.goods import PRODUCTS
        from sales.lists import ORDERS
        from sales.merging import follower
        from sales.panels import orders_found, orders_panel, revenue_panel
        from sales.personal import source
        from sales.retention import last_orders
        from sales.selectors import revenue_of_clients

        add_panel(revenue_panel)
        add_panel(orders_panel)
        lists.add(ORDERS)
        lists.add(PRODUCTS)
        add(
            Entry(
                "products", PRODUCTS.title, "box-seam", "sales:product_list", 81,
                lambda user: may(user, Act.CONFIGURE),
            )
        )  # fmt: skip
        register_export(ORDERS.key)
        follow("sales", follower)
        add_source(source)
        add_orders(last_orders)
        add_search(orders_found)
        set_revenue_source(revenue_of_clients)
