"""Service level agreements (R21): breaches on record, with who answers for them and whether that is disputed, and the attainment."""
