"""The cycle of surveys: due ones leave in chunks, those whose time is over close."""

from functools import partial

from command.core.installation import Installation
from command.satisfaction import planning, starting

ACTOR = "system:satisfaction"


def run_once(installation: Installation) -> bool:
    """Close what is over and let leave what is due. Any number of engines may run this: rows are locked, and who is asked already is not
    asked again."""
    with installation.database.read() as session:
        over, due = planning.over(session), starting.due(session)
    for survey_id in over:
        installation.database.background(partial(planning.close, survey_id=survey_id), actor=ACTOR)
    for survey_id in due:
        _leave(installation, survey_id)
    return False


def _leave(installation: Installation, survey_id: int) -> None:
    with installation.database.read() as session:
        sample = starting.look(session, survey_id)
    if sample is None:
        return
    for at in range(0, len(sample.chosen), starting.AT_ONCE):
        some = sample.chosen[at : at + starting.AT_ONCE]
        work = partial(starting.ask, installation=installation, survey_id=survey_id, chosen=some)
        installation.database.background(work, actor=ACTOR)
    installation.database.background(partial(starting.finish, survey_id=survey_id, sample=sample), actor=ACTOR)
