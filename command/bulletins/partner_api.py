"""Bulletins for the machines of their recipients: each reads its own, as PDF too, and says that it has them."""

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from command.bulletins import sending, views
from command.bulletins.api import file
from command.bulletins.asked import PartnerListIn
from command.bulletins.models import Bulletin, BulletinCopy
from command.bulletins.views import PartnerOut, PartnersOut
from command.core.problems import N_, Denied, NotFound
from command.incidents import standing
from command.people.access import Principal, access, here, principal, unit

api = APIBlueprint("bulletin_recipients_api", __name__, url_prefix="/api/v1", tag="Bulletins")


@api.get("/partner/bulletins")
@api.input(PartnerListIn, location="query", arg_name="asked")
@api.output(PartnersOut)
@access("bulletins.read")
def partner_list(asked: PartnerListIn) -> Any:
    """The bulletins that went to the recipient whose token this is (its source is the recipient's code), newest first. Never exercises."""
    with here().database.read() as session:
        query = _theirs(principal()).order_by(BulletinCopy.id.desc())
        if asked.after is not None:
            query = query.where(BulletinCopy.id < asked.after)
        rows = session.execute(query.limit(asked.limit + 1)).all()
        page = rows[: asked.limit]
        items = [views.partner_out(session, row, copy) for copy, row in page]
    return PartnersOut(items=items, next=items[-1].id if len(rows) > len(page) else None)


@api.get("/partner/bulletins/<int:copy_id>")
@api.output(PartnerOut)
@access("bulletins.read")
def partner_read(copy_id: int) -> Any:
    """One of them."""
    with here().database.read() as session:
        copy, row = _their_own(session, copy_id, principal())
        return views.partner_out(session, row, copy)


@api.get("/partner/bulletins/<int:copy_id>/pdf")
@access("bulletins.read")
def partner_pdf(copy_id: int) -> Any:
    """One of them as PDF."""
    with here().database.read() as session:
        copy, row = _their_own(session, copy_id, principal())
        return file(views.pdf_of(session, row, copy.language, copy.sees), row)


@api.post("/partner/bulletins/<int:copy_id>/actions/receive")
@api.output(PartnerOut)
@access("bulletins.read")
def partner_receive(copy_id: int) -> Any:
    """Say that you have it. A second time changes nothing."""

    def work(session: Session) -> PartnerOut:
        copy, row = _their_own(session, copy_id, principal())
        incident = standing.lock(session, row.incident_id)
        sending.receive(session, incident, row, session.get_one(BulletinCopy, copy.id, populate_existing=True), "api")
        session.flush()
        return views.partner_out(session, row, copy)

    return unit(work)


def _theirs(who: Principal) -> Select[BulletinCopy, Bulletin]:
    if who.source is None:
        raise Denied(
            N_("This is for the tokens of recipients."),
            remedy=N_("Use a token whose source is the recipient's code; people read bulletins at /bulletins."),
        )
    return (
        select(BulletinCopy, Bulletin)
        .join(Bulletin, Bulletin.id == BulletinCopy.bulletin_id)
        .where(BulletinCopy.code == who.source, BulletinCopy.exercise.is_(False))
    )


def _their_own(session: Session, copy_id: int, who: Principal) -> tuple[BulletinCopy, Bulletin]:
    query = _theirs(who).where(BulletinCopy.id == min(copy_id, 2**62))
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound(
            N_("There is no bulletin %(id)s."), remedy=N_("List your bulletins to see their ids."), id=copy_id
        )
    return found[0], found[1]
