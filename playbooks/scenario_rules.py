"""Rules between the fields of a scenario: what it names exists in it, what waits can come, what is to be shown can be seen. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from playbooks.faults import Place
from playbooks.findings import Level
from playbooks.scenario import Event, Fact, Inject, Method, Mode, Scenario, Sign
from playbooks.source import nearest


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that will not work when the scenario is held: an `error` keeps it from being held, a `warning` wants care."""

    level: Level
    place: Place
    message: str
    remedy: str


_GOES_WITH = {
    "task": (Event.task_done,),
    "notice": (Event.notice_submitted, Event.notice_approved),
    "inject": (Event.answered,),
    "choice": (Event.answered,),
    "tier": (Event.graded,),
}


_OF_THE_RESPONSE = (Event.task_done, Event.page_acknowledged)
"""What there is only once the response is activated: its plan gives the tasks and pages the people."""


def remarks(scenario: Scenario) -> Iterator[Remark]:
    """Every remark about a scenario that needs nothing but the scenario."""
    yield from _repeated(scenario)
    yield from _names(scenario)
    yield from _signs(scenario)
    yield from _order(scenario)
    yield from _modes(scenario)
    yield from _unused(scenario)
    yield from _measures(scenario)


def signs(scenario: Scenario) -> Iterator[tuple[Place, Inject, Sign]]:
    """Every sign with its place and its inject."""
    for index, inject in enumerate(scenario.injects):
        for field, sign in (("after", inject.after), ("unless", inject.unless), ("proof", inject.proof)):
            if sign is not None:
                yield ("injects", index, field), inject, sign


def error(place: Place, message: str, remedy: str) -> Remark:
    return Remark(Level.error, place, message, remedy)


def warning(place: Place, message: str, remedy: str) -> Remark:
    return Remark(Level.warning, place, message, remedy)


def _repeated(scenario: Scenario) -> Iterator[Remark]:
    own = "Give each one of its own."
    numbers = [str(inject.number) for inject in scenario.injects]
    for index, number in _again(numbers):
        yield error(("injects", index, "number"), f"inject {number} is there twice", own)
    for index, id in _again([role.id for role in scenario.roles]):
        yield error(("roles", index, "id"), f"role '{id}' is there twice", own)
    for index, id in _again([objective.id for objective in scenario.objectives]):
        yield error(("objectives", index, "id"), f"objective '{id}' is there twice", own)
    for index, inject in enumerate(scenario.injects):
        for at, id in _again([choice.id for choice in inject.choices]):
            yield error(("injects", index, "choices", at, "id"), f"choice '{id}' is there twice", own)


def _again(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    seen = set[str]()
    for index, name in enumerate(names):
        if name in seen:
            yield index, name
        seen.add(name)


def _names(scenario: Scenario) -> Iterator[Remark]:
    roles, objectives = [r.id for r in scenario.roles], [o.id for o in scenario.objectives]
    for index, inject in enumerate(scenario.injects):
        if inject.to not in roles:
            yield error(("injects", index, "to"), f"no role '{inject.to}'", nearest(inject.to, roles))
        if inject.objective not in objectives:
            message = f"no objective '{inject.objective}'"
            yield error(("injects", index, "objective"), message, nearest(inject.objective, objectives))
    for index, role in enumerate(scenario.roles):
        if role.department is not None and role.department not in scenario.departments:
            message = f"the drill does not train the department '{role.department}'"
            yield error(("roles", index, "department"), message, "Add it to 'departments', or leave it out here.")


def _signs(scenario: Scenario) -> Iterator[Remark]:
    known = {inject.number: inject for inject in scenario.injects}
    for place, inject, sign in signs(scenario):
        for field, events in _GOES_WITH.items():
            if getattr(sign, field) is not None and sign.event not in events:
                message = f"'{field}' says nothing of the event '{sign.event}'"
                yield error((*place, field), message, f"Remove it, or change the event to: {', '.join(events)}.")
        if sign.event is Event.answered:
            yield from _answer(place, inject, sign, known)


def _answer(place: Place, inject: Inject, sign: Sign, known: Mapping[int, Inject]) -> Iterator[Remark]:
    if sign.inject is None:
        if sign.choice is not None:
            yield error((*place, "choice"), "nothing says of which inject this is a choice", "Add 'inject: <number>'.")
        return
    if sign.inject not in known:
        yield error((*place, "inject"), f"no inject {sign.inject}", nearest(str(sign.inject), [str(n) for n in known]))
        return
    choices = [choice.id for choice in known[sign.inject].choices]
    if sign.choice is not None and sign.choice not in choices:
        message = f"inject {sign.inject} has no choice '{sign.choice}'"
        yield error((*place, "choice"), message, nearest(sign.choice, choices))
    if sign.inject == inject.number and place[-1] != "proof":
        yield error((*place, "inject"), f"inject {inject.number} waits for itself", "Name another inject.")


def _order(scenario: Scenario) -> Iterator[Remark]:
    """What waits for what: no circle, nothing after the end, nothing prevented by what comes later."""
    numbers = [inject.number for inject in scenario.injects]
    waits = {
        inject.number: {inject.after.inject}
        for inject in scenario.injects
        if inject.after and inject.after.inject in numbers and inject.after.inject != inject.number
    }
    try:
        order = [number for number in TopologicalSorter(waits).static_order() if number is not None]
    except CycleError as circle:
        way: list[int] = circle.args[1]
        message = f"injects wait for each other: {' → '.join(str(number) for number in reversed(way))}"
        yield error(("injects", numbers.index(way[0]), "after"), message, "Give one of them a time instead of 'after'.")
        return
    earliest = _earliest(scenario, [*order, *(n for n in numbers if n not in order)])
    yield from _late(scenario, earliest)
    for index, inject in enumerate(scenario.injects):
        if inject.after and inject.after.inject and inject.number < inject.after.inject in earliest:
            message = f"inject {inject.number} waits for inject {inject.after.inject}, which has a higher number"
            yield warning(("injects", index, "after", "inject"), message, "Number injects in the order they come in.")
        other = inject.unless.inject if inject.unless else None
        if other in earliest and inject.after is None and earliest[other] >= earliest[inject.number]:
            message = f"inject {other} comes too late to prevent inject {inject.number}"
            yield error(("injects", index, "unless", "inject"), message, "Give this inject a later time.")


def _earliest(scenario: Scenario, order: Iterable[int]) -> dict[int, float]:
    """The first minute in which each inject can be delivered; `order` has those that are waited for first."""
    by_number = {inject.number: inject for inject in scenario.injects}
    found = dict[int, float]()
    for number in order:
        inject = by_number[number]
        waited = found.get(inject.after.inject or 0, 0.0) + inject.wait_minutes if inject.after else 0.0
        found[number] = max(inject.at_minutes or 0.0, waited)
    return found


def _late(scenario: Scenario, earliest: Mapping[int, float]) -> Iterator[Remark]:
    end = scenario.duration_minutes
    for index, inject in enumerate(scenario.injects):
        if earliest[inject.number] >= end:
            field = "wait_minutes" if inject.at_minutes is None or inject.at_minutes < end else "at_minutes"
            message = f"inject {inject.number} comes when the drill of {end} min is over"
            yield error(("injects", index, field), message, "Let it come earlier, or lengthen 'duration_minutes'.")
        elif inject.trace:
            over = earliest[inject.number] + (inject.trace.end - inject.trace.start) / inject.trace.speed / 60
            if over > end:
                message = "the recording goes on when the drill is over"
                remedy = "Take a shorter piece, a higher 'speed', or a longer drill."
                yield warning(("injects", index, "trace"), message, remedy)
    if scenario.opening and scenario.opening.latest_minutes >= end:
        message = f"the report stands in when the drill of {end} min is over"
        yield error(("opening", "latest_minutes"), message, "Let it come earlier, or lengthen 'duration_minutes'.")


def _modes(scenario: Scenario) -> Iterator[Remark]:
    methods = {inject.method for inject in scenario.injects}
    if Mode.tabletop in scenario.modes and Method.discussion not in methods:
        remedy = "Add an inject with 'method: discussion', or leave the mode out."
        yield error(("modes",), "nothing is discussed at the table", remedy)
    if Mode.live not in scenario.modes:
        for index, inject in enumerate(scenario.injects):
            if inject.method is Method.sms:
                message = "nobody gets a text: none of the modes is 'live'"
                yield warning(("injects", index, "method"), message, "Use 'screen', or add 'live' to the modes.")
    if set(scenario.modes) == {Mode.tabletop}:
        yield from _on_the_table(scenario)
        return
    if scenario.opening is None and Method.alarms not in methods:
        remedy = "Add 'opening', or an inject with 'method: alarms'."
        yield error((), "nothing opens the incident", remedy)
    if all(sign.event is not Event.activated for _, _, sign in signs(scenario)):
        waits = (place for place, _, sign in signs(scenario) if sign.event in _OF_THE_RESPONSE)
        for place in list(waits)[:1]:
            message = "tasks and pages come with the response, and no inject asks for it"
            yield warning(place, message, "Add an inject whose proof is 'activated'.")


def _on_the_table(scenario: Scenario) -> Iterator[Remark]:
    for place, _, sign in signs(scenario):
        if sign.event is not Event.answered:
            message = f"at the table nobody works on an incident, so '{sign.event}' is never seen"
            yield error((*place, "event"), message, "Use 'answered', or add a mode.")


def _unused(scenario: Scenario) -> Iterator[Remark]:
    served = {inject.objective for inject in scenario.injects}
    for index, objective in enumerate(scenario.objectives):
        if objective.id not in served:
            make = warning if objective.measure else error
            message = f"no inject serves the objective '{objective.id}'"
            yield make(("objectives", index), message, "Name it in an inject, or remove it.")
    addressed = {inject.to for inject in scenario.injects}
    for index, role in enumerate(scenario.roles):
        if role.id not in addressed:
            yield warning(("roles", index), f"nothing is put to the role '{role.id}'", "Address an inject to it.")
    played = {role.department for role in scenario.roles}
    for index, department in enumerate(scenario.departments):
        if department not in played:
            message = f"nobody plays the department '{department}'"
            yield warning(("departments", index), message, "Give a role this 'department', or leave it out.")


def _measures(scenario: Scenario) -> Iterator[Remark]:
    table = set(scenario.modes) == {Mode.tabletop}
    for index, objective in enumerate(scenario.objectives):
        place: Place = ("objectives", index, "measure", "fact")
        if objective.measure is None:
            continue
        fact = objective.measure.fact
        if table:
            message = f"'{fact}' cannot be measured at the table, where nobody works on an incident"
            yield error(place, message, "Leave the measure out, or add a mode.")
        elif fact is Fact.time_to_report and scenario.opening is None:
            message = f"'{fact}' cannot be measured: alarms open the incident, nobody reports it"
            yield error(place, message, "Measure something else, or add 'opening'.")
