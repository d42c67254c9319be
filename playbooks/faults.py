"""What is wrong in a file a person wrote, said so that the person can mend it."""

from dataclasses import dataclass

Step = str | int
Place = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in a source file: `line` counts from 1, `field` is a dotted place such as `tasks[2].title`."""

    file: str
    line: int
    field: str
    message: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: {self.field}: " if self.field else f"{self.file}:{self.line}: "
        return f"{where}{self.message.rstrip('.')}. {self.remedy}"


class SourceError(Exception):
    """A source file cannot be used; every known fault is listed, in the order of its lines."""

    def __init__(self, *faults: Fault) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(faults, key=lambda fault: (fault.file, fault.line)))
        super().__init__(str(self))

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Misfit:
    """A broken rule found by a model's validator; `at` is the place below the model being validated."""

    message: str
    remedy: str
    at: Place = ()


class Unfit(ValueError):
    """Raised inside a pydantic validator so that the fault keeps its own place and remedy."""

    def __init__(self, *misfits: Misfit) -> None:
        self.misfits = misfits
        super().__init__("; ".join(misfit.message for misfit in misfits))


def dotted(place: Place) -> str:
    """`("tasks", 2, "title")` as `tasks[2].title`."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
