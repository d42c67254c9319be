"""What steps, evidence and links of custody are called; translated where they are shown."""

from command.core.problems import N_

WHY = {
    "owner": N_("first-contact owner"),
    "role": N_("holds a role"),
    "paged": N_("was paged"),
    "group": N_("emergency group"),
    "lead": N_("security lead"),
    "keeper": N_("restricted it"),
    "added": N_("added"),
    "looked_in": N_("looked in"),
}
FLOWS = {
    "leak": N_("Leak"),
    "tampering": N_("Tampering with data"),
    "attack": N_("Attack on a system"),
    "intrusion": N_("Intrusion"),
}
STATES = {
    "kept": N_("Kept"),
    "handed": N_("Handed over, not accepted yet"),
    "out": N_("Outside"),
    "returned": N_("Returned"),
    "destroyed": N_("Destroyed"),
}
FORMS = {"file": N_("File"), "media": N_("Media elsewhere")}
LINKS = {
    "taken": N_("Taken into custody"),
    "handed": N_("Handed over"),
    "accepted": N_("Accepted"),
    "not_accepted": N_("Not accepted"),
    "taken_over": N_("Taken over"),
    "given_out": N_("Given outside"),
    "came_back": N_("Came back"),
    "sealed": N_("Sealed"),
    "unsealed": N_("Seal broken"),
    "checked": N_("Checked"),
    "read": N_("Content read"),
    "returned": N_("Returned to whom it belongs"),
    "destroyed": N_("Destroyed"),
}
ACTS = {
    "hand": N_("Hand over"),
    "accept": N_("Accept"),
    "refuse": N_("Do not accept"),
    "take-over": N_("Take over"),
    "give-out": N_("Give outside"),
    "take-back": N_("Take back"),
    "seal": N_("Seal"),
    "unseal": N_("Break the seal"),
    "check": N_("Check"),
    "return": N_("Return to whom it belongs"),
    "destroy": N_("Destroy"),
}
REASONS = {
    "nobody has it": N_("nobody here has it"),
    "no record id": N_("this is no record id"),
    "no phone number": N_("this is no phone number"),
}
"""Why a row of a list of those concerned cannot be used."""
