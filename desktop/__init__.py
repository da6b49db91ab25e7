"""The Qt window. The only place that imports PySide6."""
