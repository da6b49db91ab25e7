"""The portraits made ready for the device: texture stacks, and what is measured of each once."""

from dataclasses import dataclass, fields, replace
from pathlib import Path

import torch
from torch import Tensor

from core.training.scenes.edges import mended
from core.training.scenes.packs import Portraits, read_portraits
from core.training.scenes.regions import CHIN, LEFT, RIGHT, TOP, luminance, regions_of

KIN_AGE, KIN_TONE, KIN_TURN = 14.0, 0.10, 0.05
"""How near in age (years), in skin colour and in the turn of the head those who are mixed into one face tend
to be."""
TURNED = 0.11
"""A head turned further aside than this does not lead: half its face is not seen."""
NOSE_TIP = 56


@dataclass(frozen=True)
class Cast:
    """P portraits on a device. `texture` (P, 8, s, s) uint8: RGB, person, oval, skin, hair, shirt. `marks`
    (P, 70, 2). `skin` and `skin_spread` (P, 3): colour of the face and how it varies. `hair` and `shirt`
    (P,): their mean lightness. `dyeable` (P,): how far the hair may be given another colour. `crown` and
    `foot` (P,): y of the top of the head and of where the photo ends. `kin` (P, P): the odds with which one
    is mixed into another, 0 for the other sex and for oneself. `leading` (P,): 1 for those whose head and
    body a made person may have. `dressed` (P,): the share of the chest that is known to be clothes. From
    `kin` on all stay on the CPU."""

    texture: Tensor
    marks: Tensor
    skin: Tensor
    skin_spread: Tensor
    hair: Tensor
    shirt: Tensor
    dyeable: Tensor
    crown: Tensor
    foot: Tensor
    kin: Tensor
    leading: Tensor
    dressed: Tensor
    man: Tensor
    age: Tensor
    row: Tensor

    def __len__(self) -> int:
        return len(self.texture)

    @property
    def device(self) -> torch.device:
        return self.texture.device

    def to(self, device: torch.device) -> "Cast":
        here = {"kin", "leading", "dressed", "man", "age", "row"}
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return Cast(**{name: value.to("cpu" if name in here else device) for name, value in values.items()})


def open_cast(file: Path, held_out: bool, device: torch.device) -> Cast:
    """Raises KnownError for a file that holds no portraits."""
    read = read_portraits(file, held_out)
    large = {name: getattr(read, name).to(device) for name in ("rgb", "person", "oval", "marks")}
    return cast_of(replace(read, **large)).to(device)


def cast_of(portraits: Portraits) -> Cast:
    """Works where the pictures are."""
    person, whole, foot = mended(portraits.rgb, portraits.person)
    portraits = replace(portraits, person=person)
    texture = torch.cat((portraits.rgb, regions_of(portraits)), 1)
    skin, spread = _colours(texture, 4)
    return Cast(
        texture, portraits.marks, skin, spread, _lightness(texture, 6), _lightness(texture, 7),
        _dyeable(texture, skin), _crown(texture[:, 3]), foot, _kin(portraits, skin),
        _leading(portraits, whole), _dressed(texture).cpu(), portraits.man, portraits.age, portraits.row,
    )  # fmt: skip


def face_height(marks: Tensor) -> Tensor:
    """(N, 70, 2) → (N,), from the top of the oval to the chin."""
    return (marks[:, CHIN] - marks[:, TOP]).norm(dim=-1)


def face_width(marks: Tensor) -> Tensor:
    return (marks[:, RIGHT] - marks[:, LEFT]).norm(dim=-1)


def _colours(texture: Tensor, channel: int) -> tuple[Tensor, Tensor]:
    """Mean and spread (P, 3) of the colours under a mask, portrait by portrait to save memory."""
    both = []
    for each in texture:
        weight = each[channel].float() / each[channel].sum().clamp_min(1)
        rgb = each[:3].float() / 255
        mean = (rgb * weight).sum((1, 2))
        both.append(torch.stack((mean, ((rgb - mean[:, None, None]).square() * weight).sum((1, 2)).sqrt())))
    mean, spread = torch.stack(both, 1)
    return mean, spread


def _lightness(texture: Tensor, channel: int) -> Tensor:
    return luminance(_colours(texture, channel)[0])[:, 0].clamp_min(0.03)


def _dyeable(texture: Tensor, skin: Tensor) -> Tensor:
    """Hair of nearly the skin's colour cannot be told from it: dyed, it would stain the forehead."""
    apart = (_colours(texture, 6)[0] - skin).norm(dim=-1)
    return ((apart - 0.18) / 0.12).clamp(0, 1)


def _dressed(texture: Tensor) -> Tensor:
    """Of the person's lowest fifth."""
    person, shirt = (texture[:, channel, -texture.shape[-1] // 5 :] > 80 for channel in (3, 7))
    return (person & shirt).sum((1, 2)) / person.sum((1, 2)).clamp_min(1)


def _crown(person: Tensor) -> Tensor:
    """The first row where the person's mask is filled over a tenth of the width, as y in [−1, 1]."""
    side = person.shape[-1]
    filled = ((person > 127).sum(-1) > side * 0.1).float()
    return filled.argmax(-1) * 2 / side - 1


def _kin(portraits: Portraits, skin: Tensor) -> Tensor:
    years = (portraits.age[:, None] - portraits.age[None]).abs() / KIN_AGE
    skin, turn = skin.cpu(), _turn(portraits.marks).cpu()
    tones, turns = torch.cdist(skin, skin) / KIN_TONE, torch.cdist(turn, turn) / KIN_TURN
    same = portraits.man[:, None] == portraits.man[None]
    odds = torch.exp(-years - tones - turns.square()) + 1e-6
    return odds * same * (1 - torch.eye(len(skin)))


def _turn(marks: Tensor) -> Tensor:
    """How far the nose's tip lies from the middle of the oval (P, 2), in face widths."""
    offset = marks[:, NOSE_TIP] - marks[:, :36].mean(1)
    return offset / face_width(marks)[:, None]


def _leading(portraits: Portraits, whole: Tensor) -> Tensor:
    """Whole portraits that look ahead; all of a sex that has none."""
    leads = (whole & (_turn(portraits.marks)[:, 0].abs() < TURNED)).cpu()
    for sex in (portraits.man, ~portraits.man):
        if not (leads & sex).any():
            leads |= sex
    return leads.float()
