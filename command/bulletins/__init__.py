"""Emergency information bulletins: first, follow-up and final reports to superiors, regulator, government and partners, and the report
upward of a time limit that will not be met."""
