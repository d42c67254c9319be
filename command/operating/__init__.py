"""Keeping an installation: its backups, their proof and return, the way to another database, and a look at whether all is well."""
