"""What an engineer confirms from the phone before a risky task: the backup and the way back, checked just now."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Invalid
from command.field.facts import as_principal
from command.incidents import standing, task_safety, tasks
from command.incidents.task_safety import Safe
from command.incidents.visibility import seen_by
from command.oncall.models import Page
from command.people.models import Person


def secure(session: Session, page: Page, person: Person, form: Mapping[str, str]) -> None:
    """Confirm the backup and the way back of the form's task for the person paged; pressed again it changes nothing. Raise Invalid, Denied
    or Conflict."""
    who = as_principal(person)
    incident = seen_by(session, standing.lock(session, page.incident_id), who)
    task = next((each for each in tasks.of(session, incident) if each.code == form.get("task")), None)
    if task is None:
        raise Invalid(N_("There is no such task."), field="task", remedy=N_("Use the buttons of this page."))
    if task_safety.of(session, task.id) is not None:
        return
    said = {name: form.get(name, "").strip() for name in task_safety.PARTS}
    safe = Safe(said["backup"], said["place"], said["rollback"], person, clock.now(session))
    task_safety.confirm(session, incident, task, safe, who)
