"""What the addresses of evaluations take, from programs and from forms."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from command.core.problems import N_, Invalid
from command.evaluation.listing import Wanted
from command.evaluation.rewording import New
from command.improvement.actions import TITLE, Draft
from command.improvement.clauses import Clause
from command.incidents.causing import Cause
from command.resources.asked import Maybe, Name, Strict, Words

Code = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
Long = Annotated[str, StringConstraints(max_length=20_000)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Place = Annotated[str, StringConstraints(strip_whitespace=True, max_length=320)]


class ListIn(Strict):
    """`show`: all, draft (not signed), mine (for one's own signature), overdue, signed. Read on with `after`, how many to pass over."""

    show: Literal["all", "draft", "mine", "overdue", "signed"] = "all"
    tier: Annotated[int, Field(ge=1, le=4)] | None = None
    after: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50

    def wanted(self) -> Wanted:
        """The same, and one more than is shown."""
        return Wanted(self.show, self.tier, self.after, self.limit + 1)


class WriteIn(Strict):
    """A part over the `version` one has read."""

    text: Long
    version: Annotated[int, Field(ge=0, le=1_000_000)]


class CausesIn(Strict):
    """Codes of config/causes.yaml; empty: not known. A cause alone brings its root."""

    root_cause: Code = ""
    cause_code: Code = ""
    third_party: bool = False
    contributing: Annotated[list[Code], Field(max_length=50)] = []

    def cause(self) -> Cause:
        """The incident's own."""
        return Cause(self.root_cause, self.cause_code, self.third_party)


class SignIn(Strict):
    """`seen`: the digest of what one has read; where it is given, a report that changed since is not signed."""

    seen: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] = ""


class ReasonIn(Strict):
    reason: Words


class CopyIn(Strict):
    """`form` is pdf or docx, `language` zh or en."""

    form: Annotated[str, StringConstraints(max_length=8)]
    language: Annotated[str, StringConstraints(max_length=8)]


class ActIn(Strict):
    """An improvement action for `owner` (a username). `clause` names what it changes: network_fault@3, or network_fault@3#<place> with a
    place such as tiers.2.tasks.isolate.detail; `new_zh` and `new_en` are what is to stand there."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE)]
    owner: Name
    due_on: date
    words: Words = ""
    clause: Place = ""
    new_zh: Said = ""
    new_en: Said = ""

    def draft(self, number: str) -> Draft:
        """The action, whose source is the incident."""
        return Draft(
            title=self.title,
            owner=self.owner,
            due_on=self.due_on,
            source=f"incident:{number}",
            words=self.words,
            clause=clause(self.clause),
        )

    def new(self) -> New | None:
        """The new text, if one is given."""
        if not self.new_zh and not self.new_en:
            return None
        return New(self.clause.partition("#")[2], self.new_zh, self.new_en)


def clause(text: Maybe) -> Clause | None:
    """The clause that a text names; None for no text. Raise Invalid."""
    if not text:
        return None
    plan, _, place = text.partition("#")
    code, _, version = plan.partition("@")
    if not code or not version.isdigit() or len(version) > 6:
        raise Invalid(
            N_("This names no clause of a playbook."),
            field="clause",
            remedy=N_("Write it as network_fault@3 or network_fault@3#tiers.2.tasks.isolate, or leave it empty."),
        )
    return Clause(code, int(version), place)
