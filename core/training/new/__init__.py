"""A model made from nothing."""
