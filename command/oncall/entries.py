"""What the journal keeps of pages: ids and figures."""

from command.core.journal import Payload


class Started(Payload, kind="escalation.started"):
    escalation_id: int
    steps: int


class Paged(Payload, kind="page.queued"):
    page_id: int
    escalation_id: int
    person_id: int
    step: int
    target: str


class Submitted(Payload, kind="page.submitted"):
    page_id: int
    person_id: int


class Acknowledged(Payload, kind="page.acknowledged"):
    page_id: int
    person_id: int
    via: str
    seconds: int


class Failed(Payload, kind="page.failed"):
    page_id: int
    person_id: int
    code: str | None


class Empty(Payload, kind="escalation.target_empty"):
    escalation_id: int
    step: int
    target: str


class Ended(Payload, kind="escalation.ended"):
    escalation_id: int
    state: str
    reason: str
