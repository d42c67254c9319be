"""`check` of scenarios: what is sound in form but will not work when it is held, or not with the posts, plans and network here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from playbooks.faults import Fault, dotted
from playbooks.findings import Finding, Level
from playbooks.scenario import Scenario
from playbooks.scenario_files import Script
from playbooks.scenario_rules import Remark, error, remarks, signs, warning
from playbooks.source import nearest

RECORDED = "MW-0001"
"""An element of the packaged recording: whoever has it has them all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The names of an installation that a scenario uses."""

    elements: frozenset[str]
    services: frozenset[str]
    problems: frozenset[str]


@dataclass(frozen=True, slots=True)
class World:
    """What this operator has. `tasks` are the codes of tasks of the plan in force, by event kind. Of elements, services and problems it
    need hold no more than those that are asked for. None means not known here, and those names are not checked."""

    posts: frozenset[str] | None = None
    tasks: Mapping[str, frozenset[str]] | None = None
    elements: frozenset[str] | None = None
    services: frozenset[str] | None = None
    problems: frozenset[str] | None = None


def asked(scenarios: Iterable[Scenario]) -> Asked:
    """The elements, services and problems that scenarios name."""
    elements, services, problems = set[str](), set[str](), set[str]()
    for scenario in scenarios:
        if scenario.opening:
            elements.update(scenario.opening.elements)
            services.update(scenario.opening.services)
        for inject in scenario.injects:
            elements.update(alarm.element for alarm in inject.alarms)
            problems.update(alarm.problem for alarm in inject.alarms)
            if inject.trace:
                elements.add(RECORDED)
    return Asked(frozenset(elements), frozenset(services), frozenset(problems))


def check(script: Script, world: World = World()) -> list[Finding]:
    """Every finding about a scenario, in the order of its lines."""
    found = [_finding(script, remark) for remark in (*remarks(script.scenario), *_strange(script.scenario, world))]
    return sorted(found, key=lambda finding: finding.line)


def grave(found: Iterable[Fault | Finding]) -> bool:
    """Whether something among them keeps the scenario from being held."""
    return any(isinstance(each, Fault) or each.level is Level.error for each in found)


def _finding(script: Script, remark: Remark) -> Finding:
    fault = script.fault(remark.place, remark.message, remark.remedy)
    scenario, level = script.scenario, remark.level
    return Finding(
        level,
        scenario.code,
        scenario.version,
        script.file,
        fault.line,
        dotted(remark.place),
        fault.message,
        fault.remedy,
    )


def _strange(scenario: Scenario, world: World) -> Iterator[Remark]:
    """Names this operator does not have. A post nobody can hold keeps a scenario from being held; the rest may be set up until then."""
    for index, role in enumerate(scenario.roles):
        for at, post in enumerate(role.posts):
            if world.posts is not None and post not in world.posts:
                yield error(("roles", index, "posts", at), f"no post '{post}'", nearest(post, sorted(world.posts)))
    yield from _strange_tasks(scenario, world)
    if scenario.opening:
        for at, service in enumerate(scenario.opening.services):
            yield from _strange_name(("opening", "services", at), "service", service, world.services)
        for at, element in enumerate(scenario.opening.elements):
            yield from _strange_name(("opening", "elements", at), "element", element, world.elements)
    for index, inject in enumerate(scenario.injects):
        for at, alarm in enumerate(inject.alarms):
            place = ("injects", index, "alarms", at)
            yield from _strange_name((*place, "element"), "element", alarm.element, world.elements)
            yield from _strange_name((*place, "problem"), "problem", alarm.problem, world.problems)
        if inject.trace and world.elements is not None and RECORDED not in world.elements:
            message = "the elements of the recording are not in the network here"
            remedy = "Import them (config/demo/elements.csv), or list alarms of elements you have."
            yield warning(("injects", index, "trace"), message, remedy)


def _strange_tasks(scenario: Scenario, world: World) -> Iterator[Remark]:
    if world.tasks is None:
        return
    codes = world.tasks.get(scenario.kind)
    if codes is None:
        yield warning(("kind",), f"no plan for events of kind '{scenario.kind}'", "Write a playbook for it first.")
        return
    for place, _, sign in signs(scenario):
        if sign.task is not None and sign.task not in codes:
            message = f"the plan for '{scenario.kind}' has no task '{sign.task}'"
            yield warning((*place, "task"), message, nearest(sign.task, sorted(codes)))


def _strange_name(place: tuple[str | int, ...], sort: str, name: str, names: frozenset[str] | None) -> Iterator[Remark]:
    if names is not None and name not in names:
        yield warning(place, f"no {sort} '{name}' here", f"Import the {sort}, or name one you have.")
