"""The operator's own entry: a call or a visit typed in by hand; what we say back is said by voice."""
