"""Synthetic scenes to train on: people who do not exist, made and drawn on the training device."""

from core.training.scenes.source import SceneSource

__all__ = ["SceneSource"]
