"""What the journal keeps of the incident room: roles accepted, remarks, objectives, risky tasks made safe."""

from datetime import datetime

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


class TaskSecured(Payload, kind="task.secured"):
    """Somebody confirmed the backup before a risky task and the way back: `backup_person_id` made the backup, which was seen to be usable
    at `checked_at`."""

    task: str
    person_id: int
    backup_person_id: int
    checked_at: datetime
    backup: NoteRef | None
    place: NoteRef | None
    rollback: NoteRef | None


class TaskSafetyWaived(Payload, kind="task.safety_waived"):
    """Somebody let a risky task be done without them; the override that goes with it has the reason."""

    task: str
    person_id: int
