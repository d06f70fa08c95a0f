from tests.installations import installation, migrated

__all__ = ["installation", "migrated"]
