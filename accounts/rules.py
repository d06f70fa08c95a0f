"""Roles: what a person may see and do. Pure."""

from enum import StrEnum


class Role(StrEnum):
    SALES = "sales"
    ACCOUNT_MANAGER = "account_manager"
    DIRECTOR = "director"
    ADMINISTRATOR = "administrator"


SEES_TEAM = frozenset({Role.ACCOUNT_MANAGER})
SEES_ALL = frozenset({Role.DIRECTOR, Role.ADMINISTRATOR})
MAY_IMPORT = frozenset({Role.ACCOUNT_MANAGER, Role.DIRECTOR, Role.ADMINISTRATOR})
MAY_CONFIGURE = frozenset({Role.DIRECTOR, Role.ADMINISTRATOR})
USES_ADMIN_SITE = frozenset({Role.ACCOUNT_MANAGER, Role.ADMINISTRATOR})
