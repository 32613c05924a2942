"""Who sits where: screens and commands. No business rules live here."""
