from django.urls import path

from segmentation.views import grid, moved, thresholds

app_name = "segmentation"
urlpatterns = [
    path("grid/", grid.grid, name="grid"),
    path("grid/export/", grid.export, name="export"),
    path("grid/moved/", moved.moved, name="moved"),
    path("grid/moved/export/", moved.export, name="moved_export"),
    path("grid/thresholds/", thresholds.thresholds, name="thresholds"),
    path("grid/thresholds/activate/", thresholds.activate, name="activate"),
    path("grid/clients/<int:client_pk>/why/", grid.why, name="why"),
]
