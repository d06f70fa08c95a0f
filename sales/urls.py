from django.urls import path

from clients.list_views import listed
from sales import goods_views, views

app_name = "sales"
urlpatterns = [
    path("orders/", listed, {"list_key": "orders"}, name="order_list"),
    path("margins/", views.margins, name="margins"),
    path("products/", goods_views.products, name="product_list"),
    path("products/<int:pk>/", goods_views.product, name="product"),
    path("products/categories/", goods_views.categories, name="categories"),
    path("products/categories/new/", goods_views.category_create, name="category_create"),
    path("products/categories/<int:pk>/", goods_views.category, name="category"),
]
