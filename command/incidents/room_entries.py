"""What the journal keeps of the incident room: roles accepted, remarks, objectives."""

from command.core.journal import Payload
from command.incidents.entries import NoteRef


class RoleAccepted(Payload, kind="role.accepted"):
    """Whoever a role was handed to has said that they have it, so many seconds later."""

    role: str
    person_id: int
    seconds: int


class CommentAdded(Payload, kind="comment.added"):
    """Somebody wrote a remark."""

    note: NoteRef


class ObjectiveSet(Payload, kind="objective.set"):
    """The commander set an objective."""

    objective_id: int
    note: NoteRef


class ObjectiveChanged(Payload, kind="objective.changed"):
    """An objective became `objective_state`: open, met or dropped. `goal` is what it says, `note` a remark."""

    objective_id: int
    objective_state: str
    goal: NoteRef | None
    note: NoteRef | None
