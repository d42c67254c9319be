"""What is asked of surveys, by address, form and JSON."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from command.satisfaction.answering import LONGEST, Said
from command.satisfaction.models import Result

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
Grade = Annotated[int, Field(ge=1, le=5)]


class ListIn(BaseModel):
    """Days are those of the reader's zone, both included; by default the last 30. `void=1`: those that asked nobody too."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    from_: Short = Field("", alias="from")
    to: Short = ""
    void: Short = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 200
    lang: Short = ""


class WaitingIn(BaseModel):
    """`all=1`: those that are done too."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    all_: Short = Field("", alias="all")
    limit: Annotated[int, Field(ge=1, le=500)] = 200
    lang: Short = ""


class ReasonIn(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    reason: Annotated[str, Field(max_length=4000)] = ""


class AnswerIn(BaseModel):
    """The three questions: is service back, how satisfied (1 to 5, 5 is best), how satisfied with the first response; words."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    restored: bool | None = None
    satisfaction: Grade | None = None
    first_response: Grade | None = None
    words: Annotated[str, Field(max_length=LONGEST)] = ""

    def said(self) -> Said:
        return Said(self.restored, self.satisfaction, self.first_response, self.words)


class PhoneIn(AnswerIn):
    """What a customer with this number said by phone."""

    number: Short


class CalledIn(BaseModel):
    """What a call back came to, in words where somebody was reached."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    result: Result
    words: Annotated[str, Field(max_length=4000)] = ""
