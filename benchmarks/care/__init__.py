"""Care of a server while it works: backups and key rotation under load."""
