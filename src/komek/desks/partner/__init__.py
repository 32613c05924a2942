"""Other systems: they bring residents' requests by a JSON API with a key of their own, and see what became of them."""
