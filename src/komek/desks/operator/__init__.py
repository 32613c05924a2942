"""The first line's workstation: accept a contact, answer from the knowledge base or register a card."""
