"""What `check` reports: plans that are sound in form and still will not work as written."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad a finding is: an `error` will fail when it matters, a `warning` wants care soon."""

    error = "error"
    warning = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """A plan that cannot work as written here; `place` is a dotted field, `line` counts from 1."""

    level: Level
    code: str
    version: int
    file: str
    line: int
    place: str
    message: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: {self.place}"
        return f"{where}: {self.level}: {self.message.rstrip('.')}. {self.remedy}"
