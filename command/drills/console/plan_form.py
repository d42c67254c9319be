"""Planning a drill by hand: what was typed into the form read as a draft, whom a part may be given to, and who would fit."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from command.core.problems import N_, Invalid
from command.drills.models import Late, Part
from command.drills.programme.planning import Draft
from command.oncall.escalation.target_choices import Choice
from command.oncall.phone_drill import groups
from command.people.authority import Post
from command.people.models import Person, PersonPost
from playbooks.scenario import Scenario

KINDS = {
    "schedule": N_("Duty"),
    "post": N_("Post"),
    "group": N_("Group"),
    "department": N_("Department"),
    "person": N_("Person"),
}
OTHERS = (Part.CONTROLLER, Part.EVALUATOR)
LINES = 2
"""Lines for people that each part has at first; one more than are filled later."""
MOST_LINES = 20
OVERSEERS = (Post.DUTY_OFFICER, Post.DEPUTY, Post.COMMANDER)
"""Who is proposed as supervisor."""
_WRITTEN = re.compile(rf"({'|'.join(KINDS)}):\S+")


def every(session: Session, language: str, translate: Callable[[str], str]) -> list[Choice]:
    """Everything a part may be given to, people last."""
    found = [each for _, options in groups.choices(session, language, translate) for each in options]
    colon = "：" if language == "zh" else ": "
    kinds = {kind: translate(word) for kind, word in KINDS.items()}
    alike = Counter((target.partition(":")[0], name) for target, name in found)
    made = []
    for target, name in found:
        kind, _, code = target.partition(":")
        shown = name if alike[kind, name] == 1 else f"{name} ({code})"
        made.append(Choice(target, kinds[kind], name, code, f"{kinds[kind]}{colon}{shown}"))
    return made


def understood(field: str, typed: str, known: Sequence[Choice]) -> str:
    """The target of what was typed: a label, a name that only one has, a username, or the target itself. Raise Invalid at the field."""
    if _WRITTEN.fullmatch(typed):
        return typed
    wanted = _folded(typed)
    for name in ("label", "name", "other"):
        found = {each.target for each in known if _folded(getattr(each, name)) == wanted}
        if len(found) == 1:
            return found.pop()
    raise Invalid(
        N_("Nobody is called %(typed)s, or more than one is."),
        field=field,
        remedy=N_("Choose from the list that opens while you type."),
        typed=typed[:80],
    )


def lines(form: Mapping[str, str], part: str) -> list[str]:
    """What was typed for a part, empty lines left out."""
    typed = (form.get(f"parts.{part}.{at}", "").strip() for at in range(MOST_LINES))
    return [each for each in typed if each]


def draft(form: MultiDict[str, str], scenario: Scenario, known: Sequence[Choice]) -> Draft:
    """The drill that was typed; raise Invalid at the field that cannot be read."""
    parts = {}
    for part in (*(role.id for role in scenario.roles), *OTHERS):
        typed = lines(form, part)
        if typed:
            parts[str(part)] = [understood(f"parts.{part}", each, known) for each in typed]
    return Draft(
        name=form.get("name", ""),
        scenario=scenario.code,
        mode=form.get("mode", ""),
        area=form.get("area", ""),
        due_at=_moment(form.get("due_at", "")),
        zone=form.get("zone", ""),
        supervisors=[_username(form.get(f"supervisors.{at}", ""), known) for at in range(2)],
        parts=parts,
        departments=form.getlist("departments"),
        duration_minutes=_whole(form, "duration_minutes"),
        announced=form.get("announced") != "no",
        window_days=_whole(form, "window_days") or 0,
        late=Late.RUN if form.get("late") == Late.RUN else Late.MISS,
        grace_minutes=_whole(form, "grace_minutes") or 0,
        freeze_reason=form.get("freeze_reason", ""),
    )


def first(scenario: Scenario, name: str, area: str, now: datetime, zone: tzinfo, zone_name: str) -> dict[str, Any]:
    """The form as it opens: the scenario's own figures, at the full hour after next."""
    at = (now + timedelta(hours=2)).astimezone(zone).replace(minute=0, second=0)
    return {
        "name": name[:60],
        "mode": str(scenario.modes[0]),
        "area": area,
        "due_at": f"{at:%Y-%m-%dT%H:%M}",
        "zone": zone_name,
        "duration_minutes": str(scenario.duration_minutes),
        "announced": "yes",
        "window_days": "7",
        "late": "miss",
        "grace_minutes": "15",
    }


def proposed(session: Session, scenario: Scenario, trainer_id: int, known: Sequence[Choice]) -> dict[str, str]:
    """Somebody for each role by their post, each person once as far as possible, and two others to supervise: fields and labels."""
    labels = {each.target: each.label for each in known}
    used: set[int] = {trainer_id}
    found: dict[str, str] = {}

    def take(field: str, posts: Sequence[str]) -> None:
        person = _fitting(session, posts, used)
        if person is not None:
            used.add(person.id)
            found[field] = labels.get(f"person:{person.username}", f"person:{person.username}")

    for role in scenario.roles:
        take(f"parts.{role.id}.0", role.posts)
    for at in range(2):
        take(f"supervisors.{at}", OVERSEERS)
    return found


def _fitting(session: Session, posts: Sequence[str], used: set[int]) -> Person | None:
    holds = select(PersonPost.person_id).where(PersonPost.post.in_([str(post) for post in posts]))
    rows = session.scalars(
        select(Person).where(Person.active, Person.id.in_(holds), Person.number.is_not(None)).order_by(Person.id)
    )
    return next((row for row in rows if row.id not in used), None)


def _username(typed: str, known: Sequence[Choice]) -> str:
    if not typed.strip():
        return ""
    target = understood("supervisors", typed.strip(), known)
    return target.partition(":")[2] if target.startswith("person:") else target


def _moment(typed: str) -> datetime:
    try:
        return datetime.fromisoformat(typed)
    except ValueError:
        raise Invalid(N_("This is not a time."), field="due_at", remedy=N_("Choose day and time.")) from None


def _whole(form: Mapping[str, str], name: str) -> int | None:
    typed = form.get(name, "").strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < 6):
        raise Invalid(N_("This is no whole number."), field=name, remedy=N_("Write digits only."))
    return int(typed)


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
