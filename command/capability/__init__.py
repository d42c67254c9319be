"""Emergency capability, assessed against a standard by ourselves and a third party: ratings with evidence, figures, score, trend (R36)."""
