"""The second line: checks what services say is done, returns, extends, escalates; owns what nobody else owns.

Words: check, return for rework, escalation (a card that needs a decision of the second line, with its cause).
"""
