"""People who ring the city and people who answer, played by sipp: for the demonstration, the trials and the measurements.

A caller is a line of a table; what they do with their receiver, hands of ours do at the right moment (`hands`).
"""
