"""The words for what is said of sites, as message ids."""

from command.core.problems import N_

MAINS = {"on": N_("Mains on"), "off": N_("No mains"), "unknown": N_("Mains not known")}
MAINS_TONES = {"on": "ok", "off": "bad", "unknown": ""}
GENERATOR = {
    "none": N_("No generator"),
    "standby": N_("Generator stands by"),
    "running": N_("Generator runs"),
    "unknown": N_("Generator not known"),
}
ACCESS = {
    "reachable": N_("Can be reached"),
    "blocked": N_("Way is blocked"),
    "unsafe": N_("Unsafe to go to"),
    "unknown": N_("Access not known"),
}
CLASSES = {"core": N_("Core site"), "aggregation": N_("Aggregation site"), "access": N_("Access site")}
MARKS = {
    "emergency_numbers": N_("Emergency numbers"),
    "hospital": N_("Hospital"),
    "government": N_("Public authority"),
    "shelter": N_("Shelter"),
    "utility": N_("Power or water company"),
    "critical_customer": N_("Critical customer"),
}
LACKS = {
    "mains": N_("Whether the mains are on is not known."),
    "battery": N_("How long the batteries last is not known."),
    "fuel": N_("How much fuel is left is not known."),
}
BY = {"battery": N_("batteries, as measured"), "design": N_("batteries, as planned"), "fuel": N_("generator's fuel")}
STANDING = {
    "out": N_("Out of service"),
    "on_battery": N_("On batteries"),
    "on_generator": N_("On a generator"),
    "back": N_("In service again"),
}
STANDING_TONES = {"out": "bad", "on_battery": "warn", "on_generator": "accent", "back": "ok"}
