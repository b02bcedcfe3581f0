"""Talking to model providers: one small interface, one client per wire protocol."""
