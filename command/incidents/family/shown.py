"""Families of incidents as JSON and pages show them, to whoever may know of each."""

from collections.abc import Sequence

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import echelons, house, impacts, measuring, places, views, visibility
from command.incidents.family import kin, linking, rules
from command.incidents.guards import BEFORE_RESTORATION
from command.incidents.models import Incident
from command.incidents.views import AffectedOut, AreaOut, PersonOut
from command.network.models import Element
from command.people.access import Principal

OFFERED = 100
"""Incidents that a form offers to choose from, the newest first."""


class MemberOut(BaseModel):
    """An incident of a family: its own tier, state and commander. `affected` of one with children counts theirs, each person once."""

    number: str
    kind: str
    state: str
    tier: int
    exercise: bool
    restricted: bool
    area: AreaOut | None
    commander: PersonOut | None
    affected: AffectedOut
    user_minutes: float
    children: list["MemberOut"]


class FamilyOut(BaseModel):
    """The family of an incident from the top; `open` are the numbers of its own children that are not restored yet."""

    number: str
    parent: str | None
    root: MemberOut
    open: list[str]


class DutyOut(BaseModel):
    """A duty of the group. `holder` has it in this incident; `named` is whose it is, `stands_in` who answers for it now, with `deputies` in
    their order. `gap`: nobody, no_deputy, or null."""

    duty: str
    name: str
    named: PersonOut | None
    deputies: list[PersonOut]
    stands_in: PersonOut | None
    holder: PersonOut | None
    gap: str | None


class GroupOut(BaseModel):
    """The emergency group that handles the incident's tier. `group` is null where the echelon has none for its area."""

    tier: int
    echelon: str
    name: str
    group: str | None
    duties: list[DutyOut]


def family(session: Session, incident: Incident, who: Principal, language: str) -> FamilyOut:
    """The family as far as `who` may know of it."""
    line = [incident]
    for above in kin.ancestors(session, incident):
        if not visibility.visible(session, above, who):
            break
        line.append(above)
    children = [each for each in kin.children(session, incident.id) if visibility.visible(session, each, who)]
    return FamilyOut(
        number=incident.number,
        parent=line[1].number if len(line) > 1 else None,
        root=_member(session, line[-1], who, language),
        open=[each.number for each in children if each.state in BEFORE_RESTORATION],
    )


def _member(session: Session, incident: Incident, who: Principal, language: str) -> MemberOut:
    short = views.summary(session, incident, language)
    names = ("number", "kind", "state", "tier", "exercise", "restricted", "area", "commander", "affected")
    below = [each for each in kin.children(session, incident.id) if visibility.visible(session, each, who)]
    return MemberOut(
        **{name: getattr(short, name) for name in names},
        user_minutes=measuring.user_minutes(incident, clock.now(session)),
        children=[_member(session, each, who, language) for each in below],
    )


def group(session: Session, incident: Incident, language: str) -> GroupOut:
    """Who handles the incident by its tier."""
    found = echelons.handling(session, incident)

    def shown(person: object) -> PersonOut | None:
        return views.person(session, getattr(person, "id", None), language)

    return GroupOut(
        tier=incident.tier,
        echelon=found.echelon.value,
        name=views.said(found.name, language),
        group=(found.group.name_zh if language == "zh" else found.group.name_en) if found.group else None,
        duties=[
            DutyOut(
                duty=duty.code,
                name=views.said(duty.name, language),
                named=shown(duty.named),
                deputies=[each for person in duty.deputies if (each := shown(person))],
                stands_in=shown(duty.stands_in),
                holder=shown(duty.holds),
                gap=duty.gap,
            )
            for duty in found.duties
        ],
    )


def candidates(session: Session, incident: Incident, who: Principal) -> tuple[list[Incident], list[Incident]]:
    """Of the incidents that `who` may know of: those that could become its parent, and those that could become its children."""
    query = select(Incident).where(Incident.exercise.is_(incident.exercise), Incident.id != incident.id)
    lasting = query.where(Incident.state.not_in(kin.OVER)).order_by(Incident.id.desc()).limit(OFFERED)
    others: Sequence[Incident] = session.scalars(visibility.only_visible(session, lasting, who)).all()
    depth, me = house.settings(session).family_depth, linking.member(session, incident)
    each = [(other, linking.member(session, other)) for other in others]
    parents = [other for other, it in each if rules.refusal(me, it, depth) is None]
    children = [other for other, it in each if rules.refusal(it, me, depth) is None]
    return parents, children


def parts(session: Session, incident: Incident) -> list[tuple[str, str, str, int]]:
    """The areas that could be handed out: (code, names in Chinese and English, failed elements in it), prefectures before counties."""
    failed = impacts.failed_now(session, incident)
    tree = places.tree(session)
    counts: dict[int, int] = {}
    held = session.execute(select(Element.area_id).where(Element.id.in_(list(failed)))).scalars().all()
    declared = [row.area_id for row in measuring.open_impacts(session, incident) if row.declared]
    for area_id, elements in [*((each, 1) for each in held), *((each, 0) for each in declared)]:
        for area in places.upward(tree, area_id):
            if area.level in ("county", "prefecture", "province"):
                counts[area.id] = counts.get(area.id, 0) + elements
    order = {"province": 0, "prefecture": 1, "county": 2}
    found = sorted((tree[each] for each in counts), key=lambda area: (order[area.level], area.code))
    return [(area.code, area.name_zh, area.name_en, counts[area.id]) for area in found]
