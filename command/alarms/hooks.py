"""Prometheus Alertmanager's webhook (payload version 4, https://prometheus.io/docs/alerting/latest/configuration/#webhook_config)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from apiflask import APIBlueprint
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from command.alarms import listing
from command.alarms.api import Name, Part, ReceiptOut
from command.alarms.gathering import take
from command.alarms.reports import Believed, Key, Report, Severity, check_size, require
from command.core import clock
from command.core.documents import Item
from command.people.access import access, here, principal

hooks = APIBlueprint("alarm_hooks", __name__, url_prefix="/hooks", tag="Alarms")

SOURCE = "alertmanager"
"""The source of alerts that come with a person's token."""

OLDEST_DAYS = 3650
"""How long an alert may have been firing; a time before that (the epoch, year 1) is a mistake of who sent it."""

_SEVERITIES: dict[str, Severity] = {
    **{severity: severity for severity in Severity if severity is not Severity.CLEARED},
    "page": Severity.CRITICAL,
    "error": Severity.MAJOR,
    "info": Severity.WARNING,
    "none": Severity.INDETERMINATE,
}
"""X.733 severities, and words common in alerting rules. Others are indeterminate."""


class Labels(BaseModel):
    """Labels that are read; all others are the rule's own business."""

    model_config = ConfigDict(extra="ignore")

    alertname: Name
    element: Name
    object: Part = ""
    instance: Part = ""
    severity: str = Field(default="", max_length=200)


class AlertIn(BaseModel):
    """One alert of a group. While it fires `endsAt` is year 1 or a guess of the future, and means nothing."""

    model_config = ConfigDict(extra="ignore")

    status: Literal["firing", "resolved"]
    labels: Labels
    annotations: dict[str, str] = {}
    startsAt: AwareDatetime
    endsAt: AwareDatetime | None = None

    def report(self, source: str) -> Report:
        """The alert as a report of an alarm."""
        key = Key(source, self.labels.element, self.labels.object or self.labels.instance, self.labels.alertname)
        severity = _SEVERITIES.get(self.labels.severity.lower(), Severity.INDETERMINATE)
        cleared_at = self.endsAt or self.startsAt if self.status == "resolved" else None
        return Report(key, severity, self.startsAt, cleared_at, self._text())

    def _text(self) -> str:
        said = self.annotations.get("summary") or self.annotations.get("description") or ""
        return said.replace("\0", "")[:2000]


class WebhookIn(BaseModel):
    """A group of alerts. Fields that later Alertmanagers add are ignored."""

    model_config = ConfigDict(extra="ignore")

    version: Literal["4"]
    alerts: list[AlertIn]


@hooks.post("/alertmanager")
@hooks.input(WebhookIn, arg_name="group")
@hooks.output(ReceiptOut)
@access("alarms.write")
def alertmanager(group: WebhookIn) -> dict[str, Any]:
    """Take in a group of alerts. Alertmanager repeats groups for as long as they fire; repeating changes nothing."""
    check_size(len(group.alerts))
    source = principal().source or SOURCE
    reports = tuple(standing_firm([alert.report(source) for alert in group.alerts]))

    def check(session: Session) -> None:
        require(_faults(session, group.alerts))

    return listing.told(take(reports, check))


def standing_firm(reports: Sequence[Report]) -> Iterator[Report]:
    """Leave out the clears of alarms that another alert of the same group still raises.

    Rules often fire twice for one problem, with severity warning and critical; when one is resolved the problem still stands."""
    firing = {report.key for report in reports if report.clear_at is None}
    return (report for report in reports if report.clear_at is None or report.key not in firing)


def _faults(session: Session, alerts: Iterable[AlertIn]) -> Iterator[Item]:
    """Times in the future. Old ones are ordinary here: an alert that fires for weeks is repeated with the time it began."""
    settings = here().settings.intake
    oldest_days = max(settings.oldest_days, OLDEST_DAYS)
    believed = Believed.around(clock.now(session), oldest_days=oldest_days, future_minutes=settings.future_minutes)
    for at, alert in enumerate(alerts):
        yield from believed.faults(f"alerts.{at}.startsAt", alert.startsAt)
        if alert.status == "resolved":
            yield from believed.faults(f"alerts.{at}.endsAt", alert.endsAt)
