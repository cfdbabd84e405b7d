"""Backups: one file that holds a dump of the whole database and a manifest of what is in it; see docs/backup.md."""


class Fault(Exception):
    """Why a backup cannot be made, read or restored, and what to do."""
