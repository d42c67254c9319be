"""What the journal keeps of scenarios, on the stream `scenario:<code>` of each."""

from command.core.journal import Payload


class Kept(Payload, kind="scenario.kept"):
    """Somebody wrote a version on the page or over the API; `digest` is that of its content, `follows` that of the version before it."""

    code: str
    version: int
    digest: str
    injects: int
    follows: str | None = None


def stream(code: str) -> str:
    """The stream of a scenario."""
    return f"scenario:{code}"
