"""What states and levels are called, and the sentences of a risk's history; translated where they are shown."""

from command.core.problems import N_
from command.risks.models import State
from command.risks.rating import Level

STATES = {
    State.OPEN: N_("On the register"),
    State.WATCHED: N_("Watched"),
    State.OCCURRED: N_("Occurred"),
    State.RETIRED: N_("Retired"),
}
TONES = {State.OPEN: "", State.WATCHED: "accent", State.OCCURRED: "bad", State.RETIRED: ""}
LEVELS = {Level.LOW: N_("Low"), Level.MEDIUM: N_("Medium"), Level.HIGH: N_("High"), Level.SEVERE: N_("Severe")}
MARKS = {Level.LOW: "○", Level.MEDIUM: "◔", Level.HIGH: "◑", Level.SEVERE: "●"}
"""Shapes, so that colour is never alone."""
LIKELIHOOD = {1: N_("rare"), 2: N_("unlikely"), 3: N_("possible"), 4: N_("likely"), 5: N_("almost certain")}
IMPACT = {1: N_("slight"), 2: N_("minor"), 3: N_("moderate"), 4: N_("serious"), 5: N_("grave")}
KINDS = {
    "natural_disaster": N_("natural disaster"),
    "network_fault": N_("network fault"),
    "service_interruption": N_("service interruption"),
    "complaint_surge": N_("complaint surge"),
    "information_security": N_("information-security incident"),
}
SENTENCES = {
    "risk.added": N_("Added, likelihood %(likelihood)s, impact %(impact)s"),
    "risk.changed": N_("Changed: %(fields)s"),
    "risk.assessed": N_(
        "Assessed: likelihood %(likelihood)s, impact %(impact)s; before %(likelihood_before)s and %(impact_before)s"
    ),
    "risk.reviewed": N_("Reviewed"),
    "risk.drilled": N_("Drilled on %(on)s"),
    "risk.sign_there": N_("The sign is there"),
    "risk.sign_gone": N_("The sign is gone"),
    "risk.warned": N_("Warning %(warning)s was raised from it"),
    "risk.turned": N_("From %(before)s to %(state)s"),
}
"""By kind of entry; places in the words are fields of the entry."""
FIELDS = {
    "name_zh": N_("Name in Chinese"),
    "name_en": N_("Name in English"),
    "words_zh": N_("Description in Chinese"),
    "words_en": N_("Description in English"),
    "kind": N_("Kind"),
    "areas": N_("Areas"),
    "elements": N_("Elements"),
    "likelihood": N_("Likelihood"),
    "impact": N_("Severity of the impact"),
    "residual_likelihood": N_("Likelihood with measures"),
    "residual_impact": N_("Impact with measures"),
    "sign_zh": N_("Early-warning sign in Chinese"),
    "sign_en": N_("Early-warning sign in English"),
    "watched_at": N_("Where the sign is watched"),
    "measures": N_("Counter-measures"),
    "plan": N_("Playbook"),
    "scenarios": N_("Scenarios that drill it"),
    "owner_id": N_("Responsible"),
    "review_months": N_("Reviewed every … months"),
    "drill_months": N_("Drilled every … months"),
}
