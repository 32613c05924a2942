"""The knowledge editor: articles in three languages, bulletins of the day, and what was searched in vain."""
