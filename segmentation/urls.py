from typing import Any

app_name = "segmentation"
urlpatterns: list[Any] = []
