"""Photos of an incident, for those who may see it."""

from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import select

from command.core.problems import N_, NotFound
from command.field import store
from command.field.models import Photo
from command.incidents import standing, visibility
from command.people.access import access, here, principal

pages = Blueprint("field_photos", __name__)
ALONE = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""A photo opened by itself may load nothing and run nothing, whatever a browser takes it for."""


@pages.get("/incidents/<number>/photos/<int:photo_id>")
@access("read")
def photo(number: str, photo_id: int) -> Any:
    """A photo."""
    return _served(number, photo_id, thumb=False)


@pages.get("/incidents/<number>/photos/<int:photo_id>/thumb")
@access("read")
def thumb(number: str, photo_id: int) -> Any:
    """Its thumbnail."""
    return _served(number, photo_id, thumb=True)


def _served(number: str, photo_id: int, *, thumb: bool) -> Response:
    """The file, asked for anew each time: whoever loses sight of the incident loses its photos too."""
    with here().database.read() as session:
        incident = visibility.seen_by(session, standing.find(session, number), principal())
        row = session.scalar(select(Photo).where(Photo.id == photo_id, Photo.incident_id == incident.id))
    data = store.read(here().settings, row.sha256, thumb=thumb) if row else None
    if row is None or data is None:
        raise NotFound(N_("There is no such photo."), remedy=N_("Open the incident to see its photos."))
    response = Response(data, mimetype="image/jpeg")
    response.headers["Content-Security-Policy"] = ALONE
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Content-Disposition"] = f'inline; filename="{number}-{row.id}.jpg"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(f"{row.sha256[:32]}{'-t' if thumb else ''}")
    return response.make_conditional(request)  # type: ignore[return-value]
