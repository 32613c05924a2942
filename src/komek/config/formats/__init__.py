"""Dates and numbers where Django knows no form of its own."""
