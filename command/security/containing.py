"""Whether an information-security incident is contained: the tasks that its flow gave are done, or were dropped with a reason."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.incidents.lifecycle import Action, Refusal
from command.incidents.models import Incident, Task
from command.incidents.tasks import FINISHED
from command.security.models import SecurityFlow
from command.security.rules import FlowName, rules
from playbooks.texts import Text

EVIDENCE = "containment"


def _given(session: Session, incident: Incident) -> Sequence[Task]:
    """The containment tasks of the incident's flow; none before the flow is chosen."""
    row = session.get(SecurityFlow, incident.id)
    if row is None:
        return ()
    codes = [task.id for task in rules().flows[cast(FlowName, row.flow)].tasks]
    mine = (Task.incident_id == incident.id) & Task.code.in_(codes)
    return session.scalars(select(Task).where(mine).order_by(Task.due_at, Task.id)).all()


def evidence(session: Session, incident: Incident) -> str | None:
    """That all of it is contained is positive evidence that the incident is over."""
    given = _given(session, incident)
    return EVIDENCE if given and all(task.state in FINISHED for task in given) else None


def asked(session: Session, incident: Incident, action: Action) -> Sequence[Refusal]:
    """Against saying that it is over while something is not contained."""
    if action is not Action.RESTORE:
        return ()
    left = [task for task in _given(session, incident) if task.state not in FINISHED]
    if not left:
        return ()
    zh, en = "、".join(task.title_zh for task in left), "; ".join(task.title_en for task in left)
    return (
        Refusal(
            "contained",
            Text(zh=f"尚未完成遏制：{zh}", en=f"not everything is contained: {en}"),
            Text(zh="完成遏制任务，或注明原因后取消", en="finish the containment tasks, or skip them with a reason"),
        ),
    )
