"""What incidents come from: four roots, and causes under each (config/causes.yaml). Pure."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self, get_args

from pydantic import StringConstraints, model_validator

from playbooks.source import Misfit, Unfit
from playbooks.texts import Record, Text

Root = Literal["system_failure", "human_error", "malicious_action", "natural_phenomenon"]
"""The root-cause categories in which ENISA's yearly reports count telecom incidents; that it was a third party's failure is said beside."""
ROOTS: tuple[Root, ...] = get_args(Root)
Code = Annotated[str, StringConstraints(pattern=r"^[a-z_]{2,40}$")]


class Cause(Record):
    """One cause and the root it belongs to."""

    root: Root
    name: Text


class CauseTable(Record):
    """The whole of config/causes.yaml: what the roots are called, and the causes by code."""

    roots: Mapping[Root, Text]
    causes: Mapping[Code, Cause]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(self._misfits()):
            raise Unfit(*found)
        return self

    def _misfits(self) -> Iterator[Misfit]:
        used = {cause.root for cause in self.causes.values()}
        for root in ROOTS:
            if root not in self.roots:
                yield Misfit(f"{root} has no name", "Give it one in both languages.", ("roots",))
            if root not in used:
                yield Misfit(f"no cause belongs to {root}", "Add one, so that it can be chosen.", ("causes",))

    def under(self, root: Root) -> list[str]:
        """The codes of the causes of a root, as they stand in the file."""
        return [code for code, cause in self.causes.items() if cause.root == root]

    def name(self, code: str) -> Text | None:
        """What a root or a cause is called; None for a code that there is not."""
        cause = self.causes.get(code)
        return cause.name if cause else next((name for root, name in self.roots.items() if root == code), None)
