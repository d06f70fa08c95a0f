from django.urls import path

from kinetics import views

app_name = "kinetics"
urlpatterns = [
    path("", views.kinetics_overview, name="overview"),
    path("why/<int:client_pk>/<slug:indicator>/", views.explain_indicator, name="why"),
]
