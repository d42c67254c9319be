"""What the addresses of reports take."""

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from command.periodic.copies import Form
from command.resources.asked import Maybe, Name, Strict, Words

Language = Literal["zh", "en"]


class ListIn(Strict):
    """`code` of a report; read on with `before`, the id of the last one read."""

    code: Maybe = ""
    before: Annotated[int, Field(ge=1)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class MakeIn(Strict):
    """An edition of the days `from` to `to`, both included. Where there is one already, `reason` says why there has to be another."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    code: Name
    from_: date = Field(alias="from")
    to: date
    reason: Words = ""
    tell: bool = False


class CopyIn(Strict):
    """`language` of the copy, by default the reader's; CSV and JSON hold figures in no language."""

    language: Language | None = None


class SubscribeIn(Strict):
    """Somebody (`username`) gets a report in a language."""

    code: Name
    username: Name
    language: Language = "zh"


class UnsubscribeIn(Strict):
    """Somebody gets a report no more; left out: oneself."""

    code: Name
    username: Maybe = ""


FORMS = tuple(str(form) for form in Form)
