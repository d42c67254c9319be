"""What the actions of the incident page are called: the button, the heading of its form, the button that confirms it, and its key."""

from dataclasses import dataclass

from command.core.problems import N_


@dataclass(frozen=True, slots=True)
class Wording:
    """Message ids, and the single letter by which a keyboard reaches the action; none where all letters have gone."""

    name: str
    confirm: str
    key: str
    grave: bool = False


WORDING: dict[str, Wording] = {
    "accept": Wording(N_("Accept command"), N_("I have command"), "y"),
    "take_command": Wording(N_("Take command"), N_("Take command"), "y"),
    "assess": Wording(N_("Assess"), N_("Record the assessment"), "a"),
    "activate": Wording(N_("Activate the response"), N_("Start the response"), "v"),
    "restore": Wording(N_("Confirm restoration"), N_("Service is back"), "r"),
    "review": Wording(N_("Review"), N_("Save the review"), "w"),
    "close": Wording(N_("Close"), N_("Close the incident"), "c"),
    "eta": Wording(N_("Set ETA"), N_("Set ETA"), "e"),
    "facts": Wording(N_("Add facts"), N_("Add facts"), "f"),
    "locate": Wording(N_("Fault located"), N_("Record the location"), "l"),
    "objective": Wording(N_("Set an objective"), N_("Set the objective"), "o"),
    "transfer": Wording(N_("Hand over command"), N_("Hand over"), "h"),
    "take_role": Wording(N_("Take a role"), N_("Take the role"), "k"),
    "notice": Wording(N_("Tell the affected"), N_("Submit the notice"), "n"),
    "impact": Wording(N_("Declare the impact"), N_("Declare the impact"), ""),
    "watch": Wording(N_("Observation"), N_("Change the observation"), ""),
    "raise": Wording(N_("Raise the tier"), N_("Raise the tier"), "u"),
    "lower": Wording(N_("Lower the tier"), N_("Lower the tier"), "d", grave=True),
    "merge": Wording(N_("Merge"), N_("Merge into that incident"), "m", grave=True),
    "reopen": Wording(N_("Reopen"), N_("Reopen the incident"), "p"),
    "cancel": Wording(N_("Cancel the incident"), N_("Cancel it for good"), "x", grave=True),
}
MAIN = frozenset({"accept", "take_command", "assess", "activate", "restore", "review", "close"})
"""Actions that carry an incident on."""
EVIDENCE = (
    N_("Test calls in the affected areas succeed."),
    N_("All alarms of the failed elements have cleared."),
    N_("The engineer on site confirms that service is back."),
)
"""What usually shows that service is back, to choose from."""
FAULT_CLASSES = {
    "hardware": N_("Hardware fault"),
    "software": N_("Software fault"),
    "network": N_("Network fault"),
    "service": N_("Service fault"),
}
ROLES = {
    "commander": N_("Commander"),
    "deputy": N_("Deputy"),
    "first_contact_owner": N_("First-contact owner"),
    "technical_lead": N_("Technical lead"),
    "customer_service_lead": N_("Customer-service lead"),
    "security_lead": N_("Security lead"),
    "operations_lead": N_("Operations lead"),
    "resource_lead": N_("Resource lead"),
}
GROUPS = {
    "life": N_("Life of the incident"),
    "grade": N_("Grade"),
    "tasks": N_("Tasks"),
    "people": N_("People"),
    "pages": N_("Pages"),
    "notices": N_("Notices"),
    "impact": N_("Impact"),
    "clocks": N_("Clocks"),
    "comments": N_("Comments"),
}
