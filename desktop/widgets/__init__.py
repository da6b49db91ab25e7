"""Small, reusable parts. None of them knows the library."""
