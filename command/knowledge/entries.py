"""What the journal of an incident keeps of solved problems: ids and figures."""

from command.core.journal import Payload


class Kept(Payload, kind="knowledge.kept"):
    """The incident's problem and its solution were kept, or kept anew in a further version."""

    problem_id: int
    version: int


class Offered(Payload, kind="knowledge.offered"):
    """Solved problems like this new incident, the closest first."""

    problems: tuple[int, ...]


class Judged(Payload, kind="knowledge.judged"):
    """Somebody said whether a solved problem helped here."""

    problem_id: int
    helped: bool
    person_id: int


class Edited(Payload, kind="knowledge.edited"):
    """A person completed the words of what was kept of this incident."""

    problem_id: int
    version: int
    person_id: int


class Turned(Payload, kind="knowledge.turned"):
    """What was kept of this incident is not offered any more (retired), or again (kept)."""

    problem_id: int
    state: str
    person_id: int
