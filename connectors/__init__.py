"""Channels, as plain Python: no Django, no database, no queue, no clock."""
