"""What the aspects are measured with: a running city, meters, browsers, a crowd of desks, and a table of figures."""
