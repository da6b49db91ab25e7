"""Which patches of a picture look made: PatchGAN (arXiv 1611.07004 §3.2.2), small."""

from itertools import pairwise

from torch import Tensor, nn
from torch.func import functional_call

LEVELS = 3
"""Each halves the picture. With three of them one word is about a patch of 38 pixels."""


class Discriminator(nn.Module):
    """(B, 3, H, W) → (B, 1, h, w), above 0 for what looks true."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        widths = [3, *(channels * 2**level for level in range(LEVELS))]
        layers: list[nn.Module] = []
        for level, (given, width) in enumerate(pairwise(widths)):
            layers.append(nn.Conv2d(given, width, 4, stride=2, padding=1))
            if level:
                layers.append(nn.GroupNorm(min(16, width // 2), width))
            layers.append(nn.LeakyReLU(0.2))
        layers.append(nn.Conv2d(widths[-1], 1, 3, padding=1))
        self.layers = nn.Sequential(*layers)

    def forward(self, pixels: Tensor) -> Tensor:
        # Contiguous: the backward of a bf16 GroupNorm on channels-last memory ends the process on CPUs.
        words: Tensor = self.layers(pixels.contiguous())
        return words

    def judged(self, pixels: Tensor) -> Tensor:
        """The same words, but only `pixels` receive gradients: for the one whose work is judged."""
        frozen = {name: weight.detach() for name, weight in self.named_parameters()}
        words: Tensor = functional_call(self, frozen, (pixels,))
        return words
