"""What stands and subjects are called; translated where they are shown."""

from command.core.problems import N_
from command.readiness.coverage import Stands
from command.readiness.models import Subject

STANDS = {
    Stands.READY: N_("Covered by own pools"),
    Stands.HELP: N_("With help from elsewhere"),
    Stands.LACKING: N_("Lacking"),
}
MARKS = {Stands.READY: "✓", Stands.HELP: "◆", Stands.LACKING: "▲"}
"""Shapes, so that colour is never alone."""
SUBJECTS = {
    Subject.CERTIFICATE: N_("Certificate"),
    Subject.SERVICE: N_("Service"),
    Subject.INFORMATION: N_("Information"),
    Subject.STOCK_TAKING: N_("Stock-taking"),
}
ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}
