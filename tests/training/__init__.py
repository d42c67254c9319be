"""Training: rules, sessions, certificates, the matrix, messages, pages."""
