"""What the journal keeps of an evaluation, on the stream of its incident; copies that were taken are in the audit stream."""

from command.core.journal import Payload
from command.incidents.entries import NoteRef


class Begun(Payload, kind="evaluation.begun"):
    """Somebody began to write the report."""

    person_id: int


class Written(Payload, kind="evaluation.written"):
    """A part was written; `before` is the version it followed (0: what the review had said)."""

    part: str
    version: int
    person_id: int
    note: NoteRef | None


class ContributingGiven(Payload, kind="evaluation.contributing"):
    """Causes that contributed, beside the root cause (codes of config/causes.yaml)."""

    causes: tuple[str, ...]
    earlier_causes: tuple[str, ...]
    person_id: int


class ForSignature(Payload, kind="evaluation.for_signature"):
    """The report is whole and waits for its signatures; `digest` is the SHA-256 (hex) of what there is to sign."""

    person_id: int
    digest: str
    posts: tuple[str, ...]


class Signed(Payload, kind="evaluation.signed"):
    """Somebody signed as a post; `left` are the posts whose signatures are missing still."""

    person_id: int
    post: str
    digest: str
    left: tuple[str, ...]


class Reopened(Payload, kind="evaluation.reopened"):
    """The report is a draft again; so many `signatures` are void. `because`: by_person, part_changed,
    incident_reopened or tier_changed."""

    because: str
    signatures: int
    person_id: int | None
    reason: NoteRef | None


class Published(Payload, kind="evaluation.published"):
    """Users can read the version for them."""

    person_id: int
    public_id: str


class Unpublished(Payload, kind="evaluation.unpublished"):
    """Users cannot read it any more. `because`: by_person, report_reopened or made_restricted."""

    because: str
    person_id: int | None
    reason: NoteRef | None


class Proposed(Payload, kind="evaluation.proposed"):
    """New texts went into a draft of a playbook's next version (`work`), for the improvement `actions` that call for them."""

    work: int
    playbook: str
    actions: tuple[int, ...]
    person_id: int


class ProposalWaits(Payload, kind="evaluation.proposal_waits"):
    """New texts of a playbook could not go into a draft yet. `why`: plan_busy (its next version is being written), clause_gone (the plan in
    force has it no more), not_allowed (whoever signed last may not write plans), text_unfit."""

    playbook: str
    why: str


class Copied(Payload, kind="evaluation.copied"):
    """A copy was taken away; `reference` is what it bears."""

    person_id: int
    number: str
    form: str
    reference: str
