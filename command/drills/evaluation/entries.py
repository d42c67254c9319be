"""What the journal keeps of an evaluation, on the stream of its drill; copies of a report are in the audit stream."""

from command.core.journal import Payload
from command.incidents.entries import NoteRef


class Remarked(Payload, kind="drill.remarked"):
    """Somebody noted something: `remarked` is seen (an observer; `second` of exercise time), well, badly or decision (of the hotwash).
    Where they want no name the entry names nobody either."""

    remarked: str
    objective: str | None = None
    inject: int | None = None
    second: float | None = None
    note: NoteRef


class Rated(Payload, kind="drill.rated"):
    """An evaluator rated an objective P, S, M or U; `before` is what they had said."""

    objective: str
    rating: str
    person_id: int
    before: str | None = None
    note: NoteRef | None = None


class Settled(Payload, kind="drill.settled"):
    """The trainer settled the rating of an objective."""

    objective: str
    rating: str
    person_id: int
    before: str | None = None
    note: NoteRef


class Evaluated(Payload, kind="drill.evaluated"):
    """The evaluation is signed: the rating of each objective."""

    person_id: int
    ratings: dict[str, str]
    note: NoteRef | None = None


class ReportExported(Payload, kind="drill.report_exported"):
    """A copy of a drill's report was taken away as PDF or DOCX; `reference` is what the copy bears."""

    person_id: int
    code: str
    form: str
    reference: str
