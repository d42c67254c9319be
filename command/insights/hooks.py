"""What rooms below tell the figures of themselves; joined where the parts of the application are put together. Until then it is n/a."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Select
from sqlalchemy.orm import Session

from command.insights.rates import Rate

Answered = Callable[[Session, datetime, datetime], Mapping[str, Rate | float | None]]
Disputed = Callable[[Session, Select[int]], Mapping[tuple[str, str], Mapping[str, int]]]

satisfaction: list[Answered] = []
"""What customers said after restorations between two instants (the end exclusive): `satisfied` (a rate), `satisfaction_score` (of 100),
`first_response_satisfied` (a rate). What is left out, and None, is n/a."""
disputed: list[Disputed] = []
"""For ids of incidents: how many breaches of SLA clocks on record stand how, by clock and class, such as {("sla-resolve", "urgent"):
{"disputed": 2, "ours": 5}}. It is told beside the attainment and changes nothing in it."""
