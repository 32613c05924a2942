"""What is plugged in: one folder for each outside system."""
