"""Another city's real requests: a pack made from their file, and every one of them replayed through the line."""
