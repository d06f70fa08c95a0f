from clients.admin import activity, clients, people  # noqa: F401  (registers the models)
