"""What residents say and what we say back: conversations, messages, and the port that every channel plugs into.

Words: channel, conversation, message, receipt. A conversation knows where to answer, never what it is about.
"""
