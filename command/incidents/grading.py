"""The tier of an incident and the response level of a network fault, from declarative rules and from facts alone.

Thresholds are inclusive (以上 is ≥) and every condition of a rule can only be met further as an event grows, so that no
event ever loses a tier by lasting longer, hitting more users or spreading further. Event grade and response level are two
axes with rules of their own. Sources of the default rules are named in config/tiers.yaml.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from command.people.authority import LEVELS as LEVELS
from command.people.authority import Level as Level
from command.people.authority import Tier as Tier
from playbooks.schema import Kind
from playbooks.source import Misfit, Unfit
from playbooks.texts import Record, Slug, Text

RuleId = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$")]
_Count = Annotated[int, Field(ge=1)]
_Minutes = Annotated[int, Field(ge=1)]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an incident at one moment.

    `users` lose service or have it degraded, each counted once; `share` is the affected part (0..1) of the subscribers of
    the worst area; `minutes` since the first known sign; `user_minutes` summed over the incident so far. `areas` counts,
    at each level, the areas with at least one affected user (`country` is 1 only when a service is hit nationwide).
    `critical_services` are those lost, with the widest level at which they are lost. `children` are merged or child
    incidents under this one.
    """

    kind: Kind
    users: int = 0
    share: float = 0.0
    minutes: float = 0.0
    user_minutes: float = 0.0
    areas: Mapping[Level, int] = field(default_factory=dict)
    services: frozenset[str] = frozenset()
    critical_services: Mapping[str, Level] = field(default_factory=dict)
    records_leaked: int = 0
    complaints: int = 0
    children: int = 0

    @property
    def reach(self) -> Level | None:
        """The narrowest level of which one area holds everything affected; None if no area is known."""
        if self.areas.get("country", 0) or self.areas.get("province", 0) > 1:
            return "country"
        if self.areas.get("prefecture", 0) > 1:
            return "province"
        if self.areas.get("county", 0) > 1:
            return "prefecture"
        return next((level for level in LEVELS if self.areas.get(level, 0)), None)


class When(Record):
    """The conditions of a rule; all that are given must hold.

    `users_gte` in users, `share_gte` 0..1, `minutes_gte` in minutes, `user_minutes_gte` in user-minutes. `service` and
    `critical_service` name services of which one is enough; `critical_level` asks that it is lost at that level or a wider
    one. `areas_gte` counts areas of `area_level`. `area_level_in` is about the reach of the event.
    """

    kind: tuple[Kind, ...] | None = None
    service: tuple[Slug, ...] | None = None
    users_gte: _Count | None = None
    share_gte: Annotated[float, Field(gt=0, le=1)] | None = None
    minutes_gte: _Minutes | None = None
    user_minutes_gte: _Count | None = None
    area_level_in: tuple[Level, ...] | None = None
    area_level: Level | None = None
    areas_gte: _Count | None = None
    critical_service: tuple[Slug, ...] | None = None
    critical_level: Level | None = None
    records_leaked_gte: _Count | None = None
    complaints_gte: _Count | None = None
    children_gte: _Count | None = None

    def matches(self, facts: Facts) -> bool:
        """True if every condition given holds."""
        return (
            (self.kind is None or facts.kind in self.kind)
            and (self.service is None or not facts.services.isdisjoint(self.service))
            and self._figures_match(facts)
            and self._reach_matches(facts)
            and self._critical_matches(facts)
        )

    def _figures_match(self, facts: Facts) -> bool:
        figures = (
            (self.users_gte, facts.users),
            (self.share_gte, facts.share),
            (self.minutes_gte, facts.minutes),
            (self.user_minutes_gte, facts.user_minutes),
            (self.records_leaked_gte, facts.records_leaked),
            (self.complaints_gte, facts.complaints),
            (self.children_gte, facts.children),
        )
        return all(threshold is None or figure >= threshold for threshold, figure in figures)

    def _reach_matches(self, facts: Facts) -> bool:
        if self.area_level_in is not None and facts.reach not in self.area_level_in:
            return False
        if self.areas_gte is None or self.area_level is None:
            return True
        return facts.areas.get(self.area_level, 0) >= self.areas_gte

    def _critical_matches(self, facts: Facts) -> bool:
        if self.critical_service is None:
            return True
        least = LEVELS.index(self.critical_level or LEVELS[0])
        return any(
            LEVELS.index(level) >= least
            for service, level in facts.critical_services.items()
            if service in self.critical_service
        )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(self._misfits()):
            raise Unfit(*found)
        return self

    def _misfits(self) -> Iterable[Misfit]:
        if not self.model_fields_set:
            yield Misfit(
                "no condition, so it would match everything", "Give at least one condition, such as users_gte."
            )
        if (self.areas_gte is None) != (self.area_level is None):
            yield Misfit("areas_gte and area_level belong together", "Write both, or neither.")
        if self.critical_level and not self.critical_service:
            yield Misfit(
                "critical_level says nothing alone", "Name the services in critical_service.", ("critical_level",)
            )
        if self.area_level_in is not None and (wider := self._wider_levels_left_out(self.area_level_in)):
            message = f"leaves out {', '.join(wider)}: an event would lose its tier by spreading"
            yield Misfit(message, "Name every wider level too.", ("area_level_in",))

    @staticmethod
    def _wider_levels_left_out(named: tuple[Level, ...]) -> list[Level]:
        narrowest = min((LEVELS.index(level) for level in named), default=0)
        return [level for level in LEVELS[narrowest:] if level not in named]


class Rule(Record):
    """One way to reach a tier; `reason` is what people read beside the grade."""

    id: RuleId
    when: When
    tier: Tier
    reason: Text


class Otherwise(Record):
    """What holds when no rule matches."""

    id: RuleId
    reason: Text


class LevelRule(Record):
    """One way to reach a response level of a network fault: 1 nationwide, 2 a region."""

    id: RuleId
    when: When
    level: Literal[1, 2]
    reason: Text


class ResponseLevels(Record):
    """The rules of the response level, for the event kinds that have one; `otherwise` is level 3, local."""

    kinds: tuple[Kind, ...]
    rules: tuple[LevelRule, ...]
    otherwise: Otherwise


class TierTable(Record):
    """The whole of config/tiers.yaml; `otherwise` is tier 4."""

    rules: tuple[Rule, ...]
    otherwise: Otherwise
    response_levels: ResponseLevels

    def reason(self, rule_id: str) -> Text:
        """The words of a rule that a grade names. Raises KeyError for an id that is not in the table."""
        every: tuple[Rule | Otherwise, ...] = (*self.rules, self.otherwise)
        return {rule.id: rule.reason for rule in every}[rule_id]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.rules:
            raise Unfit(Misfit("no rule, so everything would be tier 4", "Write at least one rule.", ("rules",)))
        seen = {self.otherwise.id}
        for index, rule in enumerate(self.rules):
            if rule.id in seen:
                place = ("rules", index, "id")
                raise Unfit(Misfit(f"'{rule.id}' is used twice", "Give each rule an id of its own.", place))
            seen.add(rule.id)
        return self


@dataclass(frozen=True, slots=True)
class Grade:
    """A tier and every rule that matched, the worst first."""

    tier: Tier
    matched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """The grade for now and the grade projected to the ETA (B7)."""

    current: Grade
    projected: Grade

    @property
    def worst(self) -> Grade:
        """The grade that drives activation."""
        return min(self.projected, self.current, key=lambda grade: grade.tier)


@dataclass(frozen=True, slots=True)
class ResponseLevel:
    """The response level of a network fault: 1 nationwide, 2 a region, 3 local; and every rule that matched."""

    level: Literal[1, 2, 3]
    matched: tuple[str, ...]


def grade(table: TierTable, facts: Facts) -> Grade:
    """The worst tier of all matching rules; without a match tier 4 by `otherwise`."""
    matching = sorted((rule for rule in table.rules if rule.when.matches(facts)), key=lambda rule: rule.tier)
    if not matching:
        return Grade(4, (table.otherwise.id,))
    return Grade(matching[0].tier, tuple(rule.id for rule in matching))


def project(facts: Facts, remaining_minutes: float) -> Facts:
    """The facts as they will be after `remaining_minutes` more, if as many users stay affected.

    Before an ETA exists the caller passes the default duration of the plan, so that users alone give a grade at minute 0.
    An ETA that has passed projects nothing.
    """
    remaining = max(remaining_minutes, 0.0)
    return replace(
        facts,
        minutes=facts.minutes + remaining,
        user_minutes=facts.user_minutes + facts.users * remaining,
    )


def assess(table: TierTable, facts: Facts, remaining_minutes: float) -> Assessment:
    """Both grades: for the facts as they are, and projected by `remaining_minutes`."""
    return Assessment(grade(table, facts), grade(table, project(facts, remaining_minutes)))


def response_level(table: TierTable, facts: Facts) -> ResponseLevel | None:
    """The response level of a network fault (R3); None for a kind of event that has none."""
    levels = table.response_levels
    if facts.kind not in levels.kinds:
        return None
    matching = sorted((rule for rule in levels.rules if rule.when.matches(facts)), key=lambda rule: rule.level)
    if not matching:
        return ResponseLevel(3, (levels.otherwise.id,))
    return ResponseLevel(matching[0].level, tuple(rule.id for rule in matching))
