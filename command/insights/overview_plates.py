"""The overview's charts with their tables, for files that people take away: the figures are those of the page. Pure."""

from command.boards.words import WORDS
from command.core.problems import N_
from command.insights import charts, funnel
from command.insights.charts import TIERS, Say
from command.insights.periods import Period
from command.insights.sheets import Board, Column, Line, Plate


def board(found: Period, say: Say) -> Board:
    """One plate a chart, with the codes that the page gives them."""
    return Board(
        (_tiers(found, say), _users(found, say), _response(found, say), _rates(found, say), _notices(found, say))
    )


def _reported(say: Say) -> Column:
    return Column("reported", say(N_("Reported")), "text")


def _tiers(found: Period, say: Say) -> Plate:
    columns = (_reported(say), *(Column(f"tier{tier}", say(word)) for tier, word in TIERS.items()))
    lines = tuple(Line((charts.span(bar.bucket), *bar.tiers)) for bar in found.figures.bars)
    return Plate("tiers", say(N_("Incidents by tier")), columns, lines)


def _users(found: Period, say: Say) -> Plate:
    columns = (
        _reported(say),
        Column("users", say(N_("Affected users"))),
        Column("user_minutes", say(N_("User-minutes")), "minutes"),
    )
    lines = tuple(Line((charts.span(bar.bucket), bar.users, bar.user_minutes)) for bar in found.figures.bars)
    return Plate("users", say(N_("Affected users and user-minutes")), columns, lines)


def _response(found: Period, say: Say) -> Plate:
    columns = (Column("minutes", say(N_("Minutes")), "text"), Column("incidents", say(N_("Incidents"))))
    lines = tuple(Line((charts.ends(one), len(one.numbers))) for one in found.figures.bins)
    return Plate("response", say(N_("How long until handling began")), columns, lines)


GOOD, COUNTED = N_(": in time"), N_(": counted")


def _rates(found: Period, say: Say) -> Plate:
    columns = [_reported(say)]
    for code, word in (("response", N_("Response in time")), ("restoration", N_("Restoration rate"))):
        columns += [
            Column(code, say(word), "share"),
            Column(f"{code}_good", f"{say(word)}{say(GOOD)}"),
            Column(f"{code}_of", f"{say(word)}{say(COUNTED)}"),
        ]
    lines = tuple(
        Line(
            (
                charts.span(bar.bucket),
                *(bar.response.tenths, bar.response.good, bar.response.of),
                *(bar.restoration.tenths, bar.restoration.good, bar.restoration.of),
            )
        )
        for bar in found.figures.bars
    )
    return Plate("rates", say(N_("Response and restoration against their targets")), tuple(columns), lines)


def _notices(found: Period, say: Say) -> Plate:
    columns = (
        Column("notice", say(N_("Notice")), "text"),
        Column("notices", say(N_("Notices"))),
        Column("audience", say(N_("Audience"))),
        Column("sent", say(N_("Sent"))),
        Column("delivered", say(N_("Delivered"))),
    )
    every = {say(WORDS["notice"][kind]): each for kind, each in found.funnels.items()}
    every[say(N_("All"))] = funnel.together(found.funnels.values())
    lines = tuple(
        Line((words, each.notices, each.audience, each.sent, each.delivered)) for words, each in every.items()
    )
    return Plate("notices", say(N_("Notices: from audience to delivered")), columns, lines)
