from django.urls import path

from clients.list_views import listed
from sales import views

app_name = "sales"
urlpatterns = [
    path("orders/", listed, {"list_key": "orders"}, name="order_list"),
    path("margins/", views.margins, name="margins"),
]
