"""Training by post (R10): who needs which topic, sessions with attendance, records with certificates, drills that count."""
