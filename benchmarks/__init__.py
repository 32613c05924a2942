"""What the city costs: each aspect is a file here, measured on a real installation, printed and written to `out/`.

`python -m benchmarks` runs them all; docs/benchmarks.md says what each figure means and how it is taken.
"""
