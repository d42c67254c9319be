"""The pages of scenarios: the library, one as a picture and as a list, and writing one. All of them work without scripts."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from command.core.documents import document
from command.core.problems import N_, Conflict, Denied, Invalid, Problem
from command.drills.scenarios import blank, checking, diff, lanes, library, sayings, words, writing
from command.drills.scenarios.library import Version
from command.incidents import house
from command.people.access import access, here, may, principal, unit
from command.people.language import language
from command.people.models import Person
from command.people.posts import DEPARTMENTS, POSTS
from playbooks.nodes import MAX_BYTES
from playbooks.texts import Text

pages = Blueprint("scenario_pages", __name__)


@pages.get("/drills/scenarios", endpoint="listed")
@access("read")
def listed() -> Any:
    """A card for each scenario: what it trains, how it can be held, how long it takes."""
    with here().database.read() as session:
        found = library.catalogue(session)
    return render_template("drills/scenarios/list.html", scenarios=found, **_words())


@pages.get("/drills/scenarios/<code>", endpoint="one")
@access("read")
def one(code: str) -> Any:
    """One scenario: `?version=` is the id of the version, the newest where it is left out."""
    who = principal()
    with here().database.read() as session:
        known = library.versions(session, code)
        version = library.chosen(known, request.args["version"]) if request.args.get("version") else known[0]
        hidden = library.hides(session, code, who)
        titles = house.task_titles(session)
        makers = {each.made_by: session.get_one(Person, each.made_by) for each in known if each.made_by is not None}
    older = known[known.index(version) + 1 :][:1]
    return render_template(
        "drills/scenarios/one.html",
        scenario=version.scenario,
        version=version,
        known=known,
        hidden=hidden,
        picture=lanes.draw(version.scenario),
        when=lanes.minutes(version.scenario),
        before=older[0] if older else None,
        changes=diff.lines(older[0].scenario, version.scenario) if older and not hidden else [],
        makers=makers,
        said_sign=lambda sign: words.sign(sign, titles),
        **_words(),
    )


@pages.get("/drills/scenarios/<code>/yaml", endpoint="download")
@access("read")
def download(code: str) -> Any:
    """A version as YAML, to keep or to change elsewhere."""
    version = _readable(code, request.args.get("version", ""))
    name = f"{code}-{version.scenario.version}.yaml"
    answer = Response(library.text_of(version), mimetype="application/yaml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.get("/drills/write-scenario", endpoint="write")
@access("run_drill")
def write() -> Any:
    """The editor: with the newest version of `?from=`, or a small scenario to begin with."""
    code = request.args.get("from", "")
    if not code:
        return _editor(blank.TEXT, "")
    version = _readable(code, "")
    return _editor(library.text_of(version), version.id)


@pages.post("/drills/write-scenario", endpoint="check")
@access("run_drill")
def check() -> Any:
    """The editor again, with what the check found beside the text."""
    text = _typed()
    return _editor(text, request.form.get("follows", ""), _examined(text))


@pages.post("/drills/write-scenario/found", endpoint="found")
@access("run_drill")
def found() -> Any:
    """What the check finds, alone: asked for while somebody types."""
    return render_template("drills/scenarios/found.html", examined=_examined(_typed()), **_words())


@pages.post("/drills/write-scenario/keep", endpoint="keep")
@access("run_drill")
def keep() -> Any:
    """Keep it as the next version; a refusal shows the editor with all that was typed."""
    who, text, follows = principal(), _typed(), request.form.get("follows", "")
    try:
        made = unit(lambda session: writing.keep(session, text, follows, who))
    except writing.Unsound as unsound:
        return _editor(text, follows, unsound.examined), 422
    except Conflict as conflict:
        examined = _examined(text)
        return _editor(text, _newest(examined, follows), examined, conflict), 409
    return redirect(url_for("scenario_pages.one", code=made.scenario.code), 303)


def _typed() -> str:
    """The text of the form with plain line ends, whatever the browser sends."""
    text = request.form.get("text", "").replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MAX_BYTES:
        raise Invalid(N_("The text is longer than %(most)s."), field="text", remedy=N_("Shorten it."), most=MAX_BYTES)
    return text


def _examined(text: str) -> checking.Examined:
    with here().database.read() as session:
        return checking.examine(session, text)


def _newest(examined: checking.Examined, follows: str) -> str:
    """What the text follows once its writer has been told of a newer version; a new scenario never takes the place of an old one."""
    if not follows or examined.scenario is None:
        return follows
    with here().database.read() as session:
        return library.versions(session, examined.scenario.code)[0].id


def _readable(code: str, mark: str) -> Version:
    """A version that whoever asks may read whole; raise NotFound or Denied."""
    who = principal()
    with here().database.read() as session:
        known = library.versions(session, code)
        if library.hides(session, code, who):
            raise Denied(
                N_("The injects of this scenario are kept from those who play."),
                remedy=N_("Ask the trainer, or read it once the drill is over."),
            )
    return library.chosen(known, mark) if mark else known[0]


def _editor(text: str, follows: str, examined: checking.Examined | None = None, problem: Problem | None = None) -> str:
    told = document(problem, "") if problem else None
    shown = {"text": text, "follows": follows, "examined": examined}
    return render_template("drills/scenarios/write.html", problem=told, **shown, **_words())


def _words() -> dict[str, Any]:
    posts = {post.value: said for post, said in POSTS.items()}
    own = {"words": words, "sayings": sayings, "departments": DEPARTMENTS, "posts": posts}
    return {**own, "told": _told, "writer": may(principal(), "run_drill")}


def _told(text: Text) -> str:
    """A text of a scenario in the reader's language."""
    return text.zh if language() == "zh" else text.en
