from django.urls import path

from intake import views

app_name = "intake"
urlpatterns = [
    path("", views.imports, name="imports"),
    path("sample/<slug:kind>/", views.sample, name="sample"),
    path("<int:pk>/", views.import_detail, name="import"),
    path("<int:pk>/columns/", views.import_columns, name="import_columns"),
    path("<int:pk>/confirm/", views.import_confirm, name="import_confirm"),
    path("<int:pk>/rejects/", views.import_rejects, name="import_rejects"),
    path("<int:pk>/undo/", views.import_undo, name="import_undo"),
]
