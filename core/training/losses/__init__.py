"""The papers' losses, one paper a file."""
