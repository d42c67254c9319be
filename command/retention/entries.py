"""What the journal keeps of holds and removals, on the audit stream."""

from command.core.journal import Payload


class Held(Payload, kind="retention.held"):
    """The records of an incident are kept until somebody releases them."""

    incident_id: int
    number: str
    reason_note_id: int
    reason_hash: str


class Released(Payload, kind="retention.released"):
    """The rule applies to the incident again."""

    incident_id: int
    number: str
    reason_note_id: int
    reason_hash: str


class Purged(Payload, kind="retention.purged"):
    """The certificate: `rows` messages of a notice were removed after `days` days; `digest` is the SHA-256 (hex) chained over them."""

    notice_id: int
    rows: int
    days: int
    digest: str
