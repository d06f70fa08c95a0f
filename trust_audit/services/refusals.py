from typing import Any


class Refused(Exception):
    """An act that cannot be done now; ``code`` of ``labels.REFUSALS`` says why."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values
