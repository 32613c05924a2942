"""Verifying a register: whether what it holds can be true, asked of the tables and not of the code that filled them.

For an administrator after a crash, a restore or an upgrade. It reads only, one moment of the whole register, while the
city goes on. Everything is a question to the database that gives back what is wrong and nothing else, so that millions
of cards need no more memory than three; it speaks SQL, unlike every other desk, because an answer that went through the
models would be as right or wrong as they are.
"""

from komek.desks.console.verify.running import Finding, Verdict, verify

__all__ = ["Finding", "Verdict", "verify"]
