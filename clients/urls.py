from django.urls import path

from clients import list_views, views
from clients.merging import views as merging
from clients.personal import views as personal

app_name = "clients"
urlpatterns = [
    path("", views.client_list, name="list"),
    path("new/", views.create, name="create"),
    path("search/", views.search, name="search"),
    path("people/", list_views.listed, {"list_key": "people"}, name="person_list"),
    path("units/", list_views.listed, {"list_key": "units"}, name="unit_list"),
    path("all-tasks/", list_views.listed, {"list_key": "tasks"}, name="task_list"),
    path("interactions/", list_views.listed, {"list_key": "interactions"}, name="interaction_list"),
    path("batches/", list_views.listed, {"list_key": "batches"}, name="batch_list"),
    path("batches/<int:pk>/", list_views.batch, name="batch"),
    path("batches/<int:pk>/undo/", list_views.batch_undo, name="batch_undo"),
    path("lists/<slug:list_key>/export/", list_views.export, name="export"),
    path("lists/<slug:list_key>/views/", list_views.save, name="view_save"),
    path("lists/<slug:list_key>/act/", list_views.bulk, name="bulk"),
    path("views/<int:pk>/", list_views.view_edit, name="view"),
    path("views/<int:pk>/update/", list_views.view_update, name="view_update"),
    path("views/<int:pk>/delete/", list_views.view_delete, name="view_delete"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    *merging.urlpatterns,
    *personal.urlpatterns,
]
