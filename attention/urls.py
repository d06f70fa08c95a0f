from django.urls import include, path

from attention import views

attention_patterns = (
    [
        path("why/<int:pk>/", views.why, name="why"),
        path("line/<int:pk>/", views.answer, name="answer"),
        path("line/<int:pk>/task/", views.task, name="task"),
    ],
    "attention",
)

urlpatterns = [
    path("", views.home, name="home"),
    path("week/", include(attention_patterns)),
]
