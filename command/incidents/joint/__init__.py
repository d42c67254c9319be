"""Joint assessment: what the departments say of nature, scope and harm, and what the commander decides (R29)."""
