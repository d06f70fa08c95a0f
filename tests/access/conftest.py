from tests.access.shared import _unrecorded, cast, company, own_company, world

__all__ = ["_unrecorded", "cast", "company", "own_company", "world"]
