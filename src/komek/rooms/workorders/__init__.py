"""What the city service does about it: order, crew, report with proof; by its own desk or by a foreman's link.

Words: order, executor, foreman, report, proof, reason code, not mine, return for rework. *Done* is said here.
"""
