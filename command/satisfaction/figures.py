"""The figures of satisfaction (R16), as the handbook has three of them. Pure; definitions in docs/reference/figures.md.

Shares are of those who answered the question; nobody's silence counts. Shares and scores are rounded down to tenths, and are judged on
the counts before any rounding."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

Verdict = Literal["met", "missed", "none"]
CONTENT = 4
"""From this grade on somebody is satisfied."""
POINTS = 20
"""Of a hundred, for each grade: 5 is 100, 1 is 20."""


class Answer(NamedTuple):
    """What one person said; None: not said. Grades are 1 to 5. Who said nothing at all has not answered."""

    restored: bool | None = None
    satisfaction: int | None = None
    first_response: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """`good` of `of`; `target` in percent, None where there is none. `few`: so little was answered that it says little."""

    good: int
    of: int
    target: int | None
    few: bool

    @property
    def tenths(self) -> int | None:
        """Tenths of a percent, rounded down; None where nobody answered."""
        return self.good * 1000 // self.of if self.of else None

    @property
    def verdict(self) -> Verdict:
        if not self.of or self.target is None:
            return "none"
        return "met" if self.good * 100 >= self.target * self.of else "missed"


@dataclass(frozen=True, slots=True)
class Score:
    """The mean grade in points of a hundred: `total` of all grades, given by `of` people."""

    total: int
    of: int
    target: int
    few: bool

    @property
    def tenths(self) -> int | None:
        """Tenths of a point, rounded down; None where nobody gave a grade."""
        return self.total * POINTS * 10 // self.of if self.of else None

    @property
    def verdict(self) -> Verdict:
        if not self.of:
            return "none"
        return "met" if self.total * POINTS >= self.target * self.of else "missed"


@dataclass(frozen=True, slots=True)
class Figures:
    """`asked` were asked, `answered` answered anything.

    satisfied: grades 4 and 5 ÷ those who gave a grade, or said that service is not back and gave none (they are not satisfied).
    score: the mean of the grades given, 5 → 100 … 1 → 20; who said only that service is not back gave no grade.
    first_response: grades 4 and 5 for the first response ÷ those who graded it.
    confirmed: service is back ÷ those who said whether it is; a grade by SMS says that it is.
    response: answered ÷ asked."""

    asked: int
    answered: int
    satisfied: Share
    score: Score
    first_response: Share
    confirmed: Share
    response: Share


@dataclass(frozen=True, slots=True)
class Targets:
    """Percent and points that the figures are held against, and with how many answers they begin to say something."""

    satisfied: int = 90
    score: int = 85
    first_response: int = 85
    few: int = 10


def figures(asked: int, answers: Iterable[Answer], targets: Targets) -> Figures:
    """The figures of `asked` people, of whom some gave `answers`; several incidents are pooled by their answers, never by their shares."""
    given = [one for one in answers if one != Answer()]
    judged = [one for one in given if one.satisfaction is not None or one.restored is False]
    grades = [one.satisfaction for one in given if one.satisfaction is not None]
    first = [one.first_response for one in given if one.first_response is not None]
    said = [one.restored for one in given if one.restored is not None]

    def share(good: int, of: int, target: int | None = None) -> Share:
        return Share(good, of, target, of < targets.few)

    return Figures(
        asked=asked,
        answered=len(given),
        satisfied=share(sum(grade >= CONTENT for grade in grades), len(judged), targets.satisfied),
        score=Score(sum(grades), len(grades), targets.score, len(grades) < targets.few),
        first_response=share(sum(grade >= CONTENT for grade in first), len(first), targets.first_response),
        confirmed=share(sum(said), len(said)),
        response=Share(len(given), asked, None, asked < targets.few),
    )
