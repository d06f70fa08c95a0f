from typing import Any

from common.reading.labels import REFUSALS
from common.reasons import Reason
from common.wording import explain


class FileRefused(Exception):
    """The file as a whole cannot be imported; nothing of it is written.

    ``code`` is a key of ``common.reading.labels.REFUSALS``; ``str()`` is the sentence in the active language.
    """

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.reason = Reason(code, values)

    def __str__(self) -> str:
        return explain(self.reason, REFUSALS)
