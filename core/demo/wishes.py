"""What the demo asks for, in words the embedded model knows."""

from collections.abc import Mapping

MODEL = "mini"
SEED = 20
"""Of the first prompt; each next one has the next, so that no two pictures share their noise."""

PROMPTS = (
    # One person, with something to wear, somewhere.
    "a photo of @Ada in a red shirt on the beach",
    "a photo of @Ben wearing sunglasses in the city at night",
    "a photo of @Grace wearing a crown in front of a brick wall",
    "a photo of @Hugo wearing a top hat in the snow",
    "a photo of @Jonas wearing a graduation cap in a library",
    # Styles.
    "an oil painting of @Esther in a meadow",
    "a pencil sketch of @Diego",
    "a cyanotype of @Chloe wearing glasses",
    "a black and white photo of @Felix in front of a brick wall",
    # Two people: every position belongs to the one it is about.
    "a photo of @Ada and @Ben on the beach",
    "a photo of @Grace and @Felix at sunset",
    "a watercolor painting of @Ines and @Hugo in the forest",
    # A person and an object.
    "a photo of @Jonas and @tiger in the forest",
    "a photo of @Chloe and @flamingo on the beach",
    "a photo of @Diego and @frog in a meadow",
    "a sepia photo of @Ines and @snail in the snow",
)
FIRST = (PROMPTS[0], PROMPTS[9])
"""What somebody who tries the program is offered: one person, and two."""


def named(text: str, players: Mapping[str, str]) -> str:
    """A prompt with the handles these people and objects have in a library, by true name."""
    for name, handle in players.items():
        text = text.replace(f"@{name}", f"@{handle}")
    return text
