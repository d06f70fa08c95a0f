from django.urls import path

from clients import views
from clients.merging import views as merging
from clients.personal import views as personal

app_name = "clients"
urlpatterns = [
    path("", views.client_list, name="list"),
    path("new/", views.create, name="create"),
    path("search/", views.search, name="search"),
    path("export.csv", views.export, name="export"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    *merging.urlpatterns,
    *personal.urlpatterns,
]
