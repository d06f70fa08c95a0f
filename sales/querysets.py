from accounts.querysets import OwnedQuerySet


class OrderQuerySet(OwnedQuerySet):
    client_path = "client__"


class OrderLineQuerySet(OwnedQuerySet):
    client_path = "order__client__"


class ClientDayQuerySet(OwnedQuerySet):
    client_path = "client__"
