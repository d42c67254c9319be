"""The targets of config/satisfaction.yaml, as the figures take them."""

from command.satisfaction.figures import Targets
from command.satisfaction.rules import rules


def targets() -> Targets:
    """What the figures are held against."""
    given = rules().targets
    return Targets(given.satisfied, given.score, given.first_response, rules().few)
