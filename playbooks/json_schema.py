"""The JSON Schemas of plan and scenario files, for editors and other programs."""

from typing import Any

from playbooks.merging import COMMON
from playbooks.scenario import Scenario
from playbooks.schema import Playbook

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# A tier may leave out what all_tiers gives; that nothing is missing in the end is for the loader to say.
_PARTIAL = ("TierPlan", "Notices", "Notice", "Bulletins", "Bulletin", "Task", "Page", "Resource", "Script", "Answer")


def json_schema() -> dict[str, Any]:
    """The schema of a file as it is written, with `all_tiers`.

    It checks form. Rules between fields (order of tasks, placeholders, languages) are the loader's. The schema of a
    complete plan, after merging, is `Playbook.model_json_schema()`.
    """
    schema = Playbook.model_json_schema(by_alias=True)
    for name in _PARTIAL:
        definition = schema["$defs"][name]
        definition.pop("required", None)
        for field in definition["properties"].values():
            field.pop("minItems", None)
    schema["properties"][COMMON] = {"$ref": "#/$defs/TierPlan"}
    return {"$schema": _DIALECT, **schema}


def scenario_schema() -> dict[str, Any]:
    """The schema of a scenario file. It checks form; rules between fields are those of `scenario_rules`."""
    return {"$schema": _DIALECT, **Scenario.model_json_schema(by_alias=True)}
