"""Komek: an open city contact centre. One number, one register, one promise kept."""

__version__ = "0.2.0.dev0"
