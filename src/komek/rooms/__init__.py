"""What the centre does, in the order of a request's life."""
