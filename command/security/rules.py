"""config/security.yaml: who leads, who may look in, and the flows of information-security incidents."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from command.core.paths import CONFIG
from command.people.authority import Post
from playbooks.source import Misfit, Unfit, load
from playbooks.texts import Record, Text

FlowName = Literal["leak", "tampering", "attack", "intrusion"]
FLOWS: tuple[FlowName, ...] = ("leak", "tampering", "attack", "intrusion")
StepName = Literal["contain", "preserve", "assess", "eradicate", "recover", "decide", "report", "review"]
Department = Literal["technical", "customer_service", "security", "operations"]
Minutes = Annotated[int, Field(ge=1, le=525_600)]
TaskId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,60}$")]


class Leads(Record):
    """Who answers for information security: holders of duties in the emergency group, and people by username."""

    duties: tuple[str, ...]
    people: tuple[str, ...]


class StepRule(Record):
    """A step, the department that owns it, and by when: minutes after the flow was chosen."""

    step: StepName
    department: Department
    minutes: Minutes


class TaskRule(Record):
    """A containment task that the flow adds to those of the plan."""

    id: TaskId
    department: Department
    title: Text
    due_minutes: Minutes
    risky: bool


class FlowRule(Record):
    """The steps of one kind of information-security incident in their order, and its containment tasks."""

    title: Text
    steps: tuple[StepRule, ...]
    tasks: tuple[TaskRule, ...]


class Rules(Record):
    """The whole file."""

    leads: Leads
    look_in: tuple[Post, ...]
    largest_mb: Annotated[int, Field(ge=1, le=200)]
    steps: Mapping[StepName, Text]
    flows: Mapping[FlowName, FlowRule]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        found = [Misfit(f"flow {each} is missing", "Write it.", ("flows",)) for each in FLOWS if each not in self.flows]
        for name, flow in self.flows.items():
            steps = [each.step for each in flow.steps]
            if sorted(steps) != sorted(self.steps):
                found.append(Misfit("the flow lacks a step, or has one twice", "Name each step once.", ("flows", name)))
        if not self.look_in:
            found.append(Misfit("nobody may look in", "Name a post: else nobody could act.", ("look_in",)))
        if found:
            raise Unfit(*found)
        return self


@cache
def rules() -> Rules:
    """The rules, read once a process."""
    return load(CONFIG / "security.yaml", Rules)
