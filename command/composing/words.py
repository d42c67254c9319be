"""What the pages of notices call things."""

from command.core.problems import N_

KINDS = {
    "first": N_("First notice"),
    "update": N_("Update"),
    "all_clear": N_("All-clear"),
    "correction": N_("Correction"),
    "advisory": N_("Advisory"),
    "survey": N_("Survey"),
}
STATES = {
    "draft": N_("Draft"),
    "submitted": N_("Waiting for approval"),
    "approved": N_("Approved"),
    "sending": N_("Being sent"),
    "sent": N_("Finished"),
    "withdrawn": N_("Withdrawn"),
    "rejected": N_("Rejected"),
}
TONES = {"submitted": "warn", "sent": "ok", "withdrawn": "bad", "rejected": "bad"}
LANGUAGES = {"zh": N_("In Chinese"), "en": N_("In English")}
FIELDS = {
    "areas": N_("Areas"),
    "elements": N_("Elements"),
    "lists": N_("Imported lists"),
    "services": N_("Services"),
    "plans": N_("Tariff plans"),
    "critical": N_("Critical customers"),
    "language": N_("Language"),
    "without_areas": N_("Without areas"),
    "without_elements": N_("Without elements"),
    "without_plans": N_("Without tariff plans"),
    "without_lists": N_("Without imported lists"),
}
BASES = {
    "affected": N_("Those affected now."),
    "told": N_("Those who were told."),
    "recovered": N_("Those who were told and are not affected any more."),
    "areas": N_("The subscribers of the areas."),
    "selection": N_("Those a person selected."),
}
VALUES = {
    "critical": {
        "only": N_("only them"),
        "also": N_("also, whatever their plan, service and language"),
    },
    "language": LANGUAGES,
}
"""What fields of a selection hold that is a word of ours."""
