"""Faults of a plan in the reader's language. `playbooks` says them in English with their names and figures filled in; here the sentence is
found again and said in the catalogue's words. Pure but for the catalogue."""

import re
from collections.abc import Sequence

from flask_babel import gettext

from command.core.problems import N_
from command.plans.sound import Wrong

SYNTAX = N_("not readable as YAML: %(said)s")
SAYINGS = (
    N_("required but missing"),
    N_("unknown field"),
    N_("'%(given)s' is not allowed"),
    N_("the value should be a valid string"),
    N_("the value should be a valid integer"),
    N_("the value should be a valid boolean"),
    N_("the value should be a valid array"),
    N_("the value should be an object"),
    N_("the value should be greater than or equal to %(least)s"),
    N_("the value should be less than or equal to %(most)s"),
    N_("String should match pattern '%(pattern)s'"),
    N_("String should have at least %(least)s character"),
    N_("String should have at most %(most)s characters"),
    N_("Tuple should have at least %(least)s item after validation, not %(given)s"),
    N_("Tuple should have at least %(least)s items after validation, not %(given)s"),
    N_("the Chinese text has no Chinese character"),
    N_("the English text has Chinese characters or punctuation"),
    N_("the file is empty"),
    N_("the file is larger than 1 MiB"),
    N_("the values are nested too deeply"),
    N_("anchor '%(name)s'"),
    N_("a key that is not plain text"),
    N_("'%(name)s' is written twice, first in line %(line)s"),
    N_("'%(given)s' can be read in two ways"),
    N_("tag '%(given)s' is not allowed"),
    N_("this is written in the form, not in the YAML"),
    N_("the value should be a valid date in the format YYYY-MM-DD, %(said)s"),
    N_("the value should be a valid date or datetime, %(said)s"),
    N_("the value should hold fields of a tier"),
    N_("expires before it is issued"),
    N_("approved on %(day)s, after it is issued"),
    N_("nobody has the function command"),
    N_("expired on %(day)s"),
    N_("not in force before %(day)s"),
    N_("expires on %(day)s, in %(days)s days"),
    N_("agents have no script"),
    N_("unknown department '%(name)s'"),
    N_("unknown post '%(name)s'"),
    N_("unknown schedule '%(name)s'"),
    N_("unknown echelon '%(name)s'"),
    N_("no task for %(department)s"),
    N_("task '%(name)s' is listed twice"),
    N_("unknown task '%(name)s'"),
    N_("due after %(minutes)s min, but '%(task)s' before it only after %(later)s min"),
    N_("tasks wait for each other: %(tasks)s"),
    N_("'%(name)s' is listed twice"),
    N_("%(step)s min is before %(earliest)s min, when the page is still open"),
    N_("the notice does not begin with its signature"),
    N_("longer than %(most)s characters"),
    N_("%(name)s may be unknown when the notice leaves"),
    N_("%(name)s may be unknown when somebody calls"),
    N_("%(name)s is missing"),
    N_("unknown placeholder %(name)s"),
    N_("a brace without its partner"),
    N_("a bracket without its partner, or one inside another"),
    N_("the clause [%(clause)s] has no field"),
    N_("a link in a notice about information security"),
    N_("a bulletin that leaves the house needs a person"),
    N_("advises %(number)s, which may be cut off by the same event"),
    N_("'%(words)s' gives a cause, which is not confirmed yet"),
    N_("'%(words)s' is promotion; a notice is a service message"),
)
REMEDIES = (
    N_("Add it."),
    N_("Write text; put it in quotes if it looks like a number or true/false."),
    N_("Change the text to the expected form."),
    N_("Write the text."),
    N_("Shorten the text."),
    N_("Add the missing items."),
    N_("Write true or false, without quotes."),
    N_("Write a whole number, without quotes."),
    N_("Write a list: one item a line, each after '- '."),
    N_("Write 'name: value' lines, indented under this one."),
    N_("Write 'name: value' lines under it, or remove it."),
    N_("Use a larger number."),
    N_("Use a smaller number."),
    N_("Correct the value."),
    N_("Did you mean '%(name)s'?"),
    N_("Use one of: %(names)s."),
    N_("Remove it."),
    N_("Translate it."),
    N_("Take it out here."),
    N_("Write a date as 2026-11-21 and a time as 08:00."),
    N_("Write the fields as 'name: value' lines."),
    N_("Write the value out where it is needed."),
    N_("Keep one of the two."),
    N_("Put it in quotes if it is text."),
    N_("Indent with spaces, never with tabs."),
    N_("Check indentation, colons and closing quotes or brackets; put text with ': ' or '#' in quotes."),
    N_("Let the plan expire after its day of issue."),
    N_("Issue a plan once it is approved."),
    N_("Name the post that commands."),
    N_("Review the plan and issue its next version."),
    N_("Write what they say under all_tiers.script."),
    N_("Set up the %(sort)s first."),
    N_("Add a task with 'department: %(department)s'."),
    N_("Give each task an id of its own."),
    N_("Give it more time."),
    N_("Remove one of these 'after' entries."),
    N_("Let every step begin after the one before it."),
    N_("Begin with '%(signature)s'."),
    N_("Shorten it: every part of an SMS is sent to every subscriber."),
    N_("Shorten it: the caller has to follow it by ear."),
    N_("Say it in every notice: add %(name)s outside of [ ]."),
    N_("Say it: add %(name)s."),
    N_("Put its words in [ ]: [ … %(name)s … ]."),
    N_("Write fields as {area}; braces have no other use."),
    N_("Write optional clauses as [until {eta}]."),
    N_("Take the brackets away; without a field it always stays."),
    N_("Name the hotline instead."),
    N_("Take pre_approved out, or let it go to superiors alone."),
    N_("Name the hotline, staff on site or another way that still works."),
    N_("Say what, where and since when."),
    N_("Take it out."),
)
_PLACE = re.compile(r"%\((\w+)\)s")


def _pattern(saying: str) -> re.Pattern[str]:
    pieces = _PLACE.split(saying)
    names = [f"(?P<{piece}>.+)" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces)]
    return re.compile("".join(names), re.DOTALL)


_MESSAGES = [(_pattern(each), each) for each in SAYINGS]
_REMEDIES = [(_pattern(each), each) for each in REMEDIES]


def message(wrong: Wrong) -> str:
    """What is wrong, in the reader's language. What the reader of YAML itself says of broken syntax stays in its words."""
    said = _said(wrong.message, _MESSAGES)
    return said if said is not None else gettext(SYNTAX, said=wrong.message)


def remedy(wrong: Wrong) -> str:
    """What to do about it, in the reader's language."""
    return _said(wrong.remedy, _REMEDIES) or wrong.remedy


def _said(text: str, sayings: Sequence[tuple[re.Pattern[str], str]]) -> str | None:
    for pattern, saying in sayings:
        if found := pattern.fullmatch(text):
            return str(gettext(saying, **found.groupdict()))
    return None
