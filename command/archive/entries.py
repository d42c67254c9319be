"""What the audit stream keeps of the archive: who took a copy of it away."""

from command.core.journal import Payload


class Exported(Payload, kind="archive.exported"):
    """Cases were exported: how many, and by which filter (its parameters; phone numbers in it are masked)."""

    person_id: int
    cases: int
    filter: dict[str, str]
    reference: str
