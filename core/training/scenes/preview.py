"""A labelled contact sheet of training scenes, to be looked at before a night is spent on them."""

import io
import textwrap
from pathlib import Path

import torch
from PIL import Image, ImageDraw
from torch import Tensor

from core.disk import write_whole
from core.errors import KnownError
from core.training.batch import Batch
from core.training.scenes.source import SceneSource
from core.training.source import Source

COLOURS = ("#ff4040", "#3090ff", "#30c060", "#ffb000")
"""Of the subjects, in their order."""
LINE = 14
"""Height of a line of text in pixels."""


def save(
    out: Path, portraits: Path, sprites: Path, *, count: int = 12, size: int = 256, view: int = 128,
    seed: int = 0, held_out: bool = False,
) -> None:  # fmt: skip
    """Writes the sheet of `count` new scenes as PNG, whole or not at all. Raises KnownError."""
    source = SceneSource(portraits, sprites, size, view, seed=seed, held_out=held_out)
    png = io.BytesIO()
    contact_sheet(source, count).save(png, "PNG")
    try:
        write_whole(out, png.getvalue())
    except OSError as error:
        raise KnownError(f"The sheet cannot be saved as {out}: {error.strerror}.") from error


def contact_sheet(source: Source, count: int, step: int = 0, columns: int = 4) -> Image.Image:
    """`count` scenes of a source as RGB: masks outlined, faces boxed, the caption with each subject's noun in
    its colour below, and the views of each subject beside it."""
    batch = source.batch(count, step).to("cpu")
    cards = [_card(batch, row) for row in range(count)]
    columns, (width, height) = min(columns, count), cards[0].size
    sheet = Image.new("RGB", (columns * width, -(-count // columns) * height), "white")
    for place, card in enumerate(cards):
        sheet.paste(card, (place % columns * width, place // columns * height))
    return sheet


def _card(batch: Batch, row: int) -> Image.Image:
    scene = _scene(batch, row)
    views, subjects = batch.views.shape[2], batch.subjects
    small = scene.height // max(2, subjects)
    card = Image.new("RGB", (scene.width + small * views + 12, scene.height + 4 * LINE + 8), "white")
    card.paste(scene, (4, 4))
    for m in range(subjects):
        for r in range(views):
            if batch.present[row, m]:
                card.paste(_view(batch, row, m, r, small), (scene.width + 6 + r * small, 4 + m * small))
    _write(ImageDraw.Draw(card), batch, row, scene.height + 6, card.width)
    return card


def _scene(batch: Batch, row: int) -> Image.Image:
    picture = _image((batch.pixels[row] + 1) / 2)
    draw = ImageDraw.Draw(picture)
    for m in range(batch.subjects):
        colour = COLOURS[m % len(COLOURS)]
        picture.paste(Image.new("RGB", picture.size, colour), mask=_outline(batch.masks[row, m]))
        if not batch.faces[row, m].isnan().any():
            draw.rectangle(batch.faces[row, m].tolist(), outline=colour)
    return picture


def _view(batch: Batch, row: int, subject: int, view: int, side: int) -> Image.Image:
    picture = _image(batch.views[row, subject, view])
    colour = COLOURS[subject % len(COLOURS)]
    edge = _outline(batch.view_masks[row, subject, view, 0])
    picture.paste(Image.new("RGB", picture.size, colour), mask=edge)
    return picture.resize((side - 2, side - 2), Image.Resampling.LANCZOS)


def _outline(mask: Tensor) -> Image.Image:
    """Where a mask's inside ends, one pixel wide ("L")."""
    inside = (mask > 0.5).float()[None, None]
    around = torch.nn.functional.max_pool2d(1 - inside, 3, 1, 1)
    return Image.fromarray((inside * around * 255)[0, 0].to(torch.uint8).numpy())


def _write(draw: ImageDraw.ImageDraw, batch: Batch, row: int, top: int, width: int) -> None:
    """The caption word by word: nouns in their subjects' colours."""
    words, place = batch.words[row], 0
    for number, line in enumerate(textwrap.wrap(words.caption, max(20, width // 6))):
        x = 4.0
        for word in line.split(" "):
            owner = next((m for m, (start, end) in enumerate(words.spans) if start <= place < end), None)
            ink = "black" if owner is None else COLOURS[owner % len(COLOURS)]
            draw.text((x, top + number * LINE), word, fill=ink)
            x += draw.textlength(word + " ")
            place += len(word) + 1


def _image(picture: Tensor) -> Image.Image:
    values = (picture.clamp(0, 1) * 255).round().to(torch.uint8)
    return Image.fromarray(values.permute(1, 2, 0).contiguous().numpy())
