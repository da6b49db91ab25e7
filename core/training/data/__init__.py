"""Data sets to train with: the format, the builder from a library, who agreed, choosing, and who to judge
by."""
