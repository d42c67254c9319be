"""All figures that are shown, in their order."""

from command.insights.defined import customers, improvement, messages, people, resources, service, speed

DEFINITIONS = {
    one.code: one
    for room in (speed, service, customers, messages, people, resources, improvement)
    for one in room.FIGURES
}
"""By code."""
