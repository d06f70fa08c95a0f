"""How much memory something took, whatever ran before it in the same process.

``ru_maxrss`` only ever rises, and a child inherits it over ``exec``; the kernel's high-water mark of the
memory in use can be set back (``/proc/self/clear_refs``, see proc(5)) and begins anew in a new program.
"""

from pathlib import Path

STATUS = "/proc/self/status"
LAST_LINE = f"print([line.split()[1] for line in open({STATUS!r}) if line.startswith('VmHWM')][0])"
"""Python that prints its own process's peak, in kilobytes."""


def _kilobytes(name: str) -> int:
    lines = Path(STATUS).read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


class Peak:
    """Begins to measure when it is made."""

    def __init__(self) -> None:
        Path("/proc/self/clear_refs").write_text("5")
        self.before = _kilobytes("VmRSS")

    def growth(self) -> int:
        """Kilobytes by which the peak since then exceeds what was in use."""
        return _kilobytes("VmHWM") - self.before
