"""What the addresses of filings take."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from command.incidents.api import Name, Strict
from command.incidents.clocks import Profile

Version = Annotated[int, Field(ge=0, le=2**31)]
Words = Annotated[str, Field(max_length=20_000)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))]
Edition = Annotated[int, Field(ge=1, le=10_000)]


class WriteIn(Strict):
    """The fields that change, by key, and the version that was read: 0 where nothing was drafted yet."""

    version: Version
    fields: dict[Annotated[str, Field(max_length=64)], Words] = {}


class VersionIn(Strict):
    """The version that was read."""

    version: Version


class SubmitIn(Strict):
    """The version that was read, the regulator's number, and when the regulator got it (by default now). With `override` and a `reason`
    whoever wrote it may submit it; that is logged and reviewed."""

    version: Version
    reference: Annotated[str, Field(max_length=400)] = ""
    at: AwareDatetime | None = None
    override: bool = False
    reason: Annotated[str, Field(max_length=4000)] = ""


class CorrectIn(Strict):
    """Why the report is corrected."""

    reason: Annotated[str, Field(max_length=4000)] = ""


class EditionIn(Strict):
    """Which edition; the newest without it. `lang` is the language of titles and words."""

    lang: Literal["zh", "en"] | None = None
    edition: Edition | None = None


class CopyIn(Strict):
    """A copy's form and language; the newest edition without `edition`."""

    form: Literal["pdf", "docx"] = "pdf"
    language: Literal["zh", "en"] = "zh"
    edition: Edition | None = None


class ListIn(Strict):
    """What was submitted between two days of the operator, both included; of a profile, a report, an incident; `late=1` the late ones."""

    lang: Literal["zh", "en"] | None = None
    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")
    profile: Profile | None = None
    report: Name | None = None
    incident: Name | None = None
    late: Literal["1"] | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 200
