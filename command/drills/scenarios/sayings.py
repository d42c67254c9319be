"""Faults of a scenario in the reader's language. `playbooks` says them in English with their names and figures filled in; here the sentence
is found again and said in the catalogue's words."""

import re
from collections.abc import Sequence

from flask_babel import gettext

from command.core.problems import N_
from command.drills.scenarios.checking import Wrong

SYNTAX = N_("not readable as YAML: %(said)s")
SAYINGS = (
    # form
    N_("required but missing"),
    N_("unknown field"),
    N_("'%(given)s' is not allowed"),
    N_("the value should be a valid string"),
    N_("the value should be a valid integer"),
    N_("the value should be a valid number"),
    N_("the value should be a valid boolean"),
    N_("the value should be a valid array"),
    N_("the value should be an object"),
    N_("the value should be greater than or equal to %(least)s"),
    N_("the value should be greater than %(least)s"),
    N_("the value should be less than or equal to %(most)s"),
    N_("the value should be less than %(most)s"),
    N_("String should match pattern '%(pattern)s'"),
    N_("String should have at least %(least)s character"),
    N_("String should have at most %(most)s characters"),
    N_("Tuple should have at least %(least)s item after validation, not %(given)s"),
    N_("the Chinese text has no Chinese character"),
    N_("the English text has Chinese characters or punctuation"),
    N_("the file is empty"),
    N_("the file is larger than 1 MiB"),
    N_("the values are nested too deeply"),
    N_("anchor '%(name)s'"),
    N_("a key that is not plain text"),
    N_("'%(name)s' is written twice, first in line %(line)s"),
    N_("half of a character (a lone surrogate)"),
    N_("'%(given)s' can be read in two ways"),
    N_("tag '%(given)s' is not allowed"),
    N_("a character that YAML does not allow"),
    N_("the inject comes before the start of the drill"),
    N_("nothing says when it is delivered"),
    N_("'alarms' or 'trace' go with method 'alarms' alone"),
    N_("choices go with method 'discussion' alone"),
    N_("the piece ends before it starts"),
    N_("%(fact)s is measured by '%(wanted)s'"),
    # rules between fields
    N_("inject %(number)s is there twice"),
    N_("role '%(name)s' is there twice"),
    N_("objective '%(name)s' is there twice"),
    N_("choice '%(name)s' is there twice"),
    N_("no role '%(name)s'"),
    N_("no objective '%(name)s'"),
    N_("no inject %(number)s"),
    N_("no post '%(name)s'"),
    N_("the drill does not train the department '%(name)s'"),
    N_("'%(field)s' says nothing of the event '%(event)s'"),
    N_("nothing says of which inject this is a choice"),
    N_("inject %(number)s has no choice '%(name)s'"),
    N_("inject %(number)s waits for itself"),
    N_("injects wait for each other: %(way)s"),
    N_("inject %(number)s waits for inject %(other)s, which has a higher number"),
    N_("inject %(other)s comes too late to prevent inject %(number)s"),
    N_("inject %(number)s comes when the drill of %(minutes)s min is over"),
    N_("the recording goes on when the drill is over"),
    N_("the report stands in when the drill of %(minutes)s min is over"),
    N_("nothing is discussed at the table"),
    N_("nobody gets a text: none of the modes is 'live'"),
    N_("nothing opens the incident"),
    N_("tasks and pages come with the response, and no inject asks for it"),
    N_("at the table nobody works on an incident, so '%(event)s' is never seen"),
    N_("no inject serves the objective '%(name)s'"),
    N_("nothing is put to the role '%(name)s'"),
    N_("nobody plays the department '%(name)s'"),
    N_("'%(fact)s' cannot be measured at the table, where nobody works on an incident"),
    N_("'%(fact)s' cannot be measured: alarms open the incident, nobody reports it"),
    # this installation
    N_("no service '%(name)s' here"),
    N_("no element '%(name)s' here"),
    N_("no problem '%(name)s' here"),
    N_("the elements of the recording are not in the network here"),
    N_("no plan for events of kind '%(kind)s'"),
    N_("the plan for '%(kind)s' has no task '%(name)s'"),
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
    N_("Write a whole number."),
    N_("Write a number, without quotes."),
    N_("Write a list: one item a line, each after '- '."),
    N_("Write 'name: value' lines, indented under this one."),
    N_("Use a larger number."),
    N_("Use a smaller number."),
    N_("Correct the value."),
    N_("Did you mean '%(name)s'?"),
    N_("Use one of: %(names)s."),
    N_("Remove it."),
    N_("Translate it."),
    N_("Write the fields as 'name: value' lines."),
    N_("Split it into smaller files."),
    N_("Write fewer levels."),
    N_("Write the value out where it is needed."),
    N_("Use a simple name as the key."),
    N_("Keep one of the two."),
    N_("Write the character itself."),
    N_("Put it in quotes if it is text."),
    N_("Remove the tag; only plain values are read."),
    N_("Indent with spaces, never with tabs."),
    N_("Remove the control character and save the file as UTF-8."),
    N_("Keep one document in a file: remove the '---' in the middle."),
    N_("Put text that begins with '*' or '&' in quotes."),
    N_("Check indentation, colons and closing quotes or brackets; put text with ': ' or '#' in quotes."),
    N_("Give minutes since the start, 0 or more."),
    N_("Give 'at_minutes' (0 or later) or 'after'."),
    N_("Change the method or the list."),
    N_("Change the method or remove them."),
    N_("Give an end after the start."),
    N_("Give '%(wanted)s' and leave out '%(other)s'."),
    N_("Give each one of its own."),
    N_("Add it to 'departments', or leave it out here."),
    N_("Remove it, or change the event to: %(events)s."),
    N_("Add 'inject: <number>'."),
    N_("Name another inject."),
    N_("Give one of them a time instead of 'after'."),
    N_("Number injects in the order they come in."),
    N_("Give this inject a later time."),
    N_("Let it come earlier, or lengthen 'duration_minutes'."),
    N_("Take a shorter piece, a higher 'speed', or a longer drill."),
    N_("Add an inject with 'method: discussion', or leave the mode out."),
    N_("Use 'screen', or add 'live' to the modes."),
    N_("Add 'opening', or an inject with 'method: alarms'."),
    N_("Add an inject whose proof is 'activated'."),
    N_("Use 'answered', or add a mode."),
    N_("Name it in an inject, or remove it."),
    N_("Address an inject to it."),
    N_("Give a role this 'department', or leave it out."),
    N_("Leave the measure out, or add a mode."),
    N_("Measure something else, or add 'opening'."),
    N_("Import the element, or name one you have."),
    N_("Import the service, or name one you have."),
    N_("Import the problem, or name one you have."),
    N_("Import them (config/demo/elements.csv), or list alarms of elements you have."),
    N_("Write a playbook for it first."),
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
