"""Adapter files: which layout each has and whether it fits a model, read from safetensors headers alone.

Nothing here imports torch or reads a tensor. `layouts` says which tensors a layout has; `recognise` compares
them with what a file holds.
"""

from core.adapters.header import Header, read_header
from core.adapters.info import AdapterInfo, Base, check_licence
from core.adapters.recognise import fit, recognise
from core.adapters.unet import cross_layers

__all__ = [
    "AdapterInfo",
    "Base",
    "Header",
    "check_licence",
    "cross_layers",
    "fit",
    "read_header",
    "recognise",
]
