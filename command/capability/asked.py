"""What the addresses of assessments take."""

from datetime import date
from typing import Annotated

from pydantic import Field

from command.capability.assessing import NAME, WORDS, Draft, Rating
from command.capability.models import Sort
from command.improvement import actions
from command.resources.asked import Strict

Short = Annotated[str, Field(max_length=400)]
Words = Annotated[str, Field(max_length=WORDS)]


class BeginIn(Strict):
    """An assessment to begin. A third party's needs the `agreement` of confidentiality (its number); `assessor` left out: whoever asks, or
    the agreement's party."""

    name: Annotated[str, Field(max_length=NAME)]
    sort: Sort = Sort.SELF
    first_on: date
    last_on: date
    assessor: Annotated[str, Field(max_length=NAME)] = ""
    agreement: Annotated[int, Field(ge=1)] | None = None

    def draft(self) -> Draft:
        return Draft(self.name, self.sort, self.first_on, self.last_on, self.assessor, self.agreement)


class RatingIn(Strict):
    """A rating: `level` 0 to 4, or `applies` false with `words` that say why. `version` as it was read: what somebody changed since is not
    lost."""

    item: Annotated[str, Field(max_length=64)]
    level: Annotated[int, Field(ge=0, le=4)] | None = None
    applies: bool = True
    words: Words = ""
    links: Annotated[list[Short], Field(max_length=50)] = []
    version: Annotated[int, Field(ge=1)] | None = None

    def rating(self) -> Rating:
        return Rating(**self.model_dump())


class RateIn(Strict):
    """Ratings, all of them or none."""

    ratings: Annotated[list[RatingIn], Field(min_length=1, max_length=500)]


class ReasonIn(Strict):
    reason: Words


class ImproveIn(Strict):
    """An improvement action to `owner` (a username) for an item."""

    title: Annotated[str, Field(max_length=200)]
    owner: Annotated[str, Field(max_length=64)]
    due_on: date
    words: Words = ""

    def draft(self) -> actions.Draft:
        return actions.Draft(self.title, self.owner, self.due_on, words=self.words)


class ExportIn(Strict):
    """`language` of the copy: zh or en, by default the reader's."""

    language: Annotated[str, Field(pattern="^(zh|en)$")] | None = None
