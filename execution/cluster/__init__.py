"""Runs on many processes: events over Redis, waking over the Channels layer."""
