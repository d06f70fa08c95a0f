from django.urls import path

from segmentation import views

app_name = "segmentation"
urlpatterns = [
    path("grid/", views.grid, name="grid"),
    path("grid/export/", views.export, name="export"),
    path("grid/thresholds/", views.thresholds, name="thresholds"),
    path("grid/thresholds/activate/", views.activate, name="activate"),
    path("grid/clients/<int:client_pk>/why/", views.why, name="why"),
]
