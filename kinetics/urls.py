from typing import Any

app_name = "kinetics"
urlpatterns: list[Any] = []
