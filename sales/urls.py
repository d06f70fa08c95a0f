from django.urls import path

from clients.list_views import listed
from sales import views

app_name = "sales"
urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/<int:pk>/", views.import_detail, name="import"),
    path("imports/<int:pk>/columns/", views.import_columns, name="import_columns"),
    path("imports/<int:pk>/confirm/", views.import_confirm, name="import_confirm"),
    path("imports/<int:pk>/rejects/", views.import_rejects, name="import_rejects"),
    path("orders/", listed, {"list_key": "orders"}, name="order_list"),
    path("margins/", views.margins, name="margins"),
]
