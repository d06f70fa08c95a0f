from django.urls import path

from segmentation.views import grid, matrix, migration, moved, own, playbooks, thresholds

app_name = "segmentation"
urlpatterns = [
    path("grid/", grid.grid, name="grid"),
    path("grid/export/", grid.export, name="export"),
    path("grid/moved/", moved.moved, name="moved"),
    path("grid/moved/export/", moved.export, name="moved_export"),
    path("grid/thresholds/", thresholds.thresholds, name="thresholds"),
    path("grid/thresholds/activate/", thresholds.activate, name="activate"),
    path("grid/clients/<int:client_pk>/why/", grid.why, name="why"),
    path("readiness/", migration.readiness, name="readiness"),
    path("readiness/assumptions/", migration.assumptions, name="assumptions"),
    path("plan/", migration.plan, name="plan"),
    path("plan/waves/<int:wave>/open/", migration.wave_open, name="wave_open"),
    path("plan/clients/<int:client_pk>/step/", migration.step, name="step"),
    path("plan/clients/<int:client_pk>/facts/", migration.facts, name="facts"),
    path("matrix/", matrix.matrix, name="matrix"),
    path("matrix/reference/", matrix.reference, name="matrix_reference"),
    path("playbooks/", playbooks.playbooks, name="playbooks"),
    path("playbooks/<slug:segment>/<slug:language>/", playbooks.edit, name="playbook_edit"),
    path("clients/<int:client_pk>/play/", playbooks.play, name="play"),
    path("clients/<int:client_pk>/diagnosis/", playbooks.diagnosis, name="diagnosis"),
    path("own/", own.own_list, name="own_list"),
    path("own/import/", own.own_import, name="own_import"),
    path("own/new/", own.own_create, name="own_create"),
    path("own/stop/", own.own_stop, name="own_stop"),
    path("own/<int:pk>/", own.own_detail, name="own_detail"),
    path("own/<int:pk>/activate/", own.own_activate, name="own_activate"),
    path("own/<int:pk>/segments/new/", own.segment_create, name="segment_create"),
    path("own/segments/<int:pk>/", own.segment_edit, name="segment_edit"),
    path("own/segments/<int:pk>/playbook/", own.segment_map, name="segment_map"),
    path("own/segments/<int:pk>/move/", own.segment_move, name="segment_move"),
]
