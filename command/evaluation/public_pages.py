"""What users read of an evaluation: the same for everybody who has its address, in the language `?lang=` asks for."""

from flask import Blueprint, Response, g, make_response, render_template, request

from command.core.problems import N_, NotFound
from command.evaluation import publishing
from command.people.access import as_nobody, here, public
from command.people.language import LOCALES

pages = Blueprint("evaluation_public", __name__)


@pages.get("/status/reports/<public_id>")
@public(
    "users read here what was found out about an outage; only what was signed and published, nothing restricted, nobody's name"
)
def shown(public_id: str) -> Response:
    """The version for users of one report; nothing where it is not, or no more, published."""
    as_nobody()
    g.language = request.args.get("lang") if request.args.get("lang") in LOCALES else here().settings.language
    with here().database.read() as session:
        found = publishing.read(session, public_id[:40], g.language)
    if found is None:
        raise NotFound(N_("There is no such report."), remedy=N_("Look at the status page for what is published."))
    page = render_template("evaluation/public.html", found=found, hotline=here().settings.hotline)
    answer = make_response(page)
    answer.headers["Cache-Control"] = "public, max-age=30"
    return answer
