from typing import Self

from accounts.querysets import OwnedQuerySet
from common.text import searchable


class ClientQuerySet(OwnedQuerySet):
    def matching(self, text: str) -> Self:
        """Every word is found somewhere in name, reference, place, e-mail or phone, accents or not."""
        clients = self
        for word in searchable(text).split()[:8]:
            clients = clients.filter(search_text__contains=word)
        return clients
