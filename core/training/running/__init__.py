"""A run: the process, the recipe's stages, the loop, what is kept and what is shown."""
