from django.urls import path

from clients.sociotypes import views

app_name = "sociotypes"
urlpatterns = [
    path("", views.rounds, name="rounds"),
    path("new/", views.new_round, name="new"),
    path("<int:pk>/", views.round_detail, name="round"),
    path("invitations/<int:pk>/revoke/", views.revoke_invitation, name="revoke"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/explanation/", views.explanation, name="explanation"),
    path("people/<int:pk>/phone/", views.phone, name="phone"),
    path("people/<int:pk>/observe/", views.observe, name="observe"),
    path("results/<int:pk>/confirm/", views.confirm, name="confirm"),
    path("reliability/", views.reliability, name="reliability"),
]
