"""What the public is told, as /status.json gives it. No number of users, no name, no cause: areas, services, times, advice."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from playbooks.schema import Kind

How = Literal["ok", "degradation", "outage"]


class TextOut(BaseModel):
    zh: str
    en: str


class ServiceOut(BaseModel):
    """A service in a prefecture. `since` is when the first part of it went; `parts` are the counties where it is not in order, empty: all
    of the prefecture or not known. `eta` null: not known, or not for all of it."""

    code: str
    name: TextOut
    status: How
    since: datetime | None = None
    eta: datetime | None = None
    next_update: datetime | None = None
    parts: list[TextOut] = []


class AreaOut(BaseModel):
    """A prefecture (or a wider area hit as a whole). `services` are those not in order; `advice` is what users can do meanwhile."""

    code: str
    name: TextOut
    status: How
    services: list[ServiceOut]
    advice: list[TextOut]


class PastOut(BaseModel):
    """One disturbance that is over."""

    areas: list[TextOut]
    services: list[TextOut]
    status: How
    from_at: datetime
    until_at: datetime


class WarningOut(BaseModel):
    """A warning that holds or is announced, as the public reads it. `identifier`, `event`, `severity`, `urgency`, `certainty`, `onset` and
    `expires` are those of CAP 1.2."""

    identifier: str
    issuer: str
    event: TextOut
    colour: Literal["blue", "yellow", "orange", "red"]
    severity: Literal["Minor", "Moderate", "Severe", "Extreme"]
    urgency: Literal["Immediate", "Expected", "Future"]
    certainty: Literal["Likely"] = "Likely"
    headline: TextOut
    advice: TextOut
    areas: list[TextOut]
    onset: datetime
    expires: datetime


class AdviceOut(BaseModel):
    """What people can do to help themselves in an emergency of a kind, by the plan in force."""

    kind: Kind
    title: TextOut
    advice: TextOut
    until: date


class ReportOut(BaseModel):
    """What was found out about a disturbance, told to users: to be read at /status/reports/<id>. `area` null: not one area's."""

    id: str
    area: TextOut | None
    from_at: datetime
    until_at: datetime | None
    published_at: datetime


class AnnouncementOut(BaseModel):
    """What is said of one incident: `banner` to show, `spoken` to read out. `outdated`: what it promised should have come by now.

    The last three are for those who work here and leave the house in no answer: which notice it is, of which incident, and by whom it
    was approved."""

    id: str
    kind: Literal["first", "update", "correction"]
    title: TextOut
    banner: TextOut
    spoken: TextOut
    issued_at: datetime
    good_until: datetime
    outdated: bool
    notice_id: int = Field(exclude=True)
    incident: str = Field(exclude=True)
    approved_by: str = Field(exclude=True)


class BannerItem(BaseModel):
    """One banner of the app."""

    id: str
    kind: Literal["first", "update", "correction"]
    title: TextOut
    text: TextOut
    issued_at: datetime
    good_until: datetime
    outdated: bool


class BannerOut(BaseModel):
    """Everything the app shows now, the newest first; nothing: no banner. `updated_at` is null then."""

    operator: TextOut
    hotline: str
    updated_at: datetime | None
    items: list[BannerItem]


class HotlineItem(BaseModel):
    """One announcement of the hotline."""

    id: str
    kind: Literal["first", "update", "correction"]
    speech: TextOut
    issued_at: datetime
    good_until: datetime
    outdated: bool


class HotlineOut(BaseModel):
    """Everything the hotline says now, the newest first, and all of it as one text (`speech`, empty: nothing to say)."""

    operator: TextOut
    updated_at: datetime | None
    speech: TextOut
    items: list[HotlineItem]


class StatusOut(BaseModel):
    """All of it, as of `as_of`. `status` is the worst of all areas. `announcements` are given at addresses of their own."""

    as_of: datetime
    operator: TextOut
    hotline: str
    status: How
    areas: list[AreaOut]
    history: list[PastOut]
    reports: list[ReportOut] = []
    warnings: list[WarningOut] = []
    advice: list[AdviceOut] = []
    announcements: list[AnnouncementOut] = Field(default=[], exclude=True)
