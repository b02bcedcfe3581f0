"""The gate that every text passes, whoever wrote it."""
