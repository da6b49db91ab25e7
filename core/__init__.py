"""Likeness without its window: library, faces, pipeline, queue, command line."""
