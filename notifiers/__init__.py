"""Transports: a Message goes in, an Outcome comes out. Nothing here knows a database or a domain."""
