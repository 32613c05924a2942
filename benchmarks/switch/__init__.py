"""What the switch and our ear at it bear, without a city around them: `python -m benchmarks.switch`."""
