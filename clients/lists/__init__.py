"""The lists of this app (``common.lists``): clients, people, buying units, tasks, interactions, batches."""


def register() -> None:
    from clients.lists.activity import INTERACTIONS, TASKS
    from clients.lists.batches import BATCHES
    from clients.lists.clients import CLIENTS
    from clients.lists.people import PEOPLE, UNITS
    from common.lists import registry

    for spec in (CLIENTS, PEOPLE, UNITS, TASKS, INTERACTIONS, BATCHES):
        registry.add(spec)
