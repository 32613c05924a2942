"""One city service: its own orders and nobody else's; and the foreman's page, opened by a link without an account."""
