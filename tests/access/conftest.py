from tests.access.shared import cast, company, own_company, world

__all__ = ["cast", "company", "own_company", "world"]
