"""What somebody can do with an action as it stands. Pure; the verbs check it again."""

from command.improvement.models import UNDONE, ImprovementAction, State


def verbs(action: ImprovementAction, person_id: int) -> tuple[str, ...]:
    """The verbs open to somebody who may improve, what is next in front."""
    mine = action.owner_id == person_id
    undone = action.state in UNDONE
    allowed = {
        "take": mine and action.state in (State.OPEN, State.SENT_BACK),
        "verify": not mine and action.state == State.EVIDENCE_GIVEN and action.evidence_by != person_id,
        "send-back": not mine and action.state == State.EVIDENCE_GIVEN,
        "evidence": undone,
        "move": undone,
        "drop": not mine and undone,
        "reopen": not undone,
    }
    return tuple(verb for verb, can in allowed.items() if can)
