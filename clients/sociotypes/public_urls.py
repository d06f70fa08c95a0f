from django.urls import path

from clients.sociotypes import public

app_name = "questionnaire"
urlpatterns = [
    path("<str:token>/", public.welcome, name="welcome"),
    path("<str:token>/<int:number>/", public.statement, name="statement"),
    path("<str:token>/send/", public.send, name="send"),
    path("<str:token>/no/", public.refuse, name="refuse"),
]
