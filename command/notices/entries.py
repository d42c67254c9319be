"""What the journal says of notices: ids and figures."""

from datetime import datetime

from command.core.journal import Payload


class NoticeDrafted(Payload, kind="notice.drafted"):
    notice_id: int
    notice_kind: str
    corrects_id: int | None


class NoticeSubmitted(Payload, kind="notice.submitted"):
    """`automatic`: the playbook pre-approves it and `audience` is within `cap`, so it needs nobody else."""

    notice_id: int
    notice_kind: str
    audience: int
    cap: int
    automatic: bool


class NoticeApproved(Payload, kind="notice.approved"):
    """`approved_by` is an actor, or `playbook:<ref>` for what was pre-approved. An override cites its reason."""

    notice_id: int
    notice_kind: str
    audience: int
    approved_by: str
    override: bool = False
    reason_note_id: int | None = None
    reason_hash: str | None = None


class ApprovalOverridden(Payload, kind="notice.approval_overridden"):
    """For the audit stream: one person acted for two. Of a warning's advisory `incident_id` is 0."""

    notice_id: int
    incident_id: int
    warning_id: int | None = None
    audience: int
    reason_note_id: int
    reason_hash: str


class NoticeHeld(Payload, kind="notice.held"):
    """The audience grew over the pre-approved cap: `told` have their rows, the rest waits for a person."""

    notice_id: int
    notice_kind: str
    audience: int
    told: int
    cap: int


class NoticeRejected(Payload, kind="notice.rejected"):
    notice_id: int
    notice_kind: str
    reason_note_id: int
    reason_hash: str


class NoticeWithdrawn(Payload, kind="notice.withdrawn"):
    """`queued` messages were taken back. Without a note the reason is that service returned."""

    notice_id: int
    notice_kind: str
    queued: int
    reason_note_id: int | None = None
    reason_hash: str | None = None


class NoticeCorrected(Payload, kind="notice.corrected"):
    notice_id: int
    correction_id: int


class WaveOpened(Payload, kind="notice.wave_opened"):
    notice_id: int
    notice_kind: str
    wave_id: int
    basis: str


class WaveFinished(Payload, kind="notice.wave_finished"):
    """`rows`: messages queued, or taken back by a recall, or let go by a release."""

    notice_id: int
    notice_kind: str
    wave_id: int
    basis: str
    rows: int


class NoticeFinished(Payload, kind="notice.finished"):
    """`counts`: deliveries by state."""

    notice_id: int
    notice_kind: str
    counts: dict[str, int]


class UpdateDrafted(Payload, kind="notice.update_drafted"):
    """The update promised for a time was drafted by itself and waits for a person; `person_id` was told, or nobody."""

    notice_id: int
    promised_at: datetime
    person_id: int | None


class UpdateLate(Payload, kind="notice.update_late"):
    """The time passed at which those told by a notice were promised the next news, and none had left. Told once a promise, to nobody."""

    notice_id: int
    promised_at: datetime
