"""Pictures of every desk, as people see them: in three languages, light and dark, on a desk and on a phone."""
