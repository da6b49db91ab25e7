"""What the models page says of each kind of file, in plain words."""

from datetime import datetime

from core import shelf
from core.fits import Fit, Machine, fit
from core.recorded import State
from core.shelf import Item
from desktop import words
from desktop.i18n import noop, tr

GROUPS: dict[shelf.Kind, str] = {
    "base": noop("Base models and their adapters"),
    "faces": noop("Finding and recognising faces"),
    "segmenter": noop("Cutting subjects out"),
    "upscaler": noop("Enlarging for print"),
}
PURPOSES: dict[shelf.Kind, str] = {
    "base": noop("Draws the pictures. Everything else steers it."),
    "faces": noop(
        "Finds the faces in your photos and tells people apart. It also judges how alike a picture is."
    ),
    "segmenter": noop("Cuts people and objects out of your photos, so that their background is left behind."),
    "upscaler": noop("Makes finished pictures larger for print. It is chosen when you export."),
}
ADAPTERS = {
    "ip-adapter": noop("Lets a picture follow a reference as a whole: its subject, colours and mood."),
    "ip-adapter-plus": noop("Lets a picture follow a reference closely, down to its details."),
    "ip-adapter-full-face": noop("Lets a picture follow a reference of a face."),
    "ip-adapter-faceid": noop("Carries who somebody is from what recognises their face."),
    "ip-adapter-faceid-plus": noop("Carries who somebody is from their face and what recognises it."),
    "ip-adapter-faceid-plusv2": noop("Carries who somebody is from their face, as strongly as you like."),
    "mip-adapter": noop("Keeps several subjects of one picture apart."),
    "mip-adapter-plus": noop("Keeps several subjects of one picture apart, down to their details."),
    "fastcomposer": noop("Puts people into a picture through the words that name them."),
    "photoverse": noop("Learns a word for somebody from a single photo."),
}
"""By layout; any other kind of adapter is described by `ADAPTER`."""
ADAPTER = noop("Steers the base model by references.")
STATES: dict[State, str] = {
    "stated": noop("Verified: as its source states"),
    "same": noop("Verified: as it was when it was added"),
    "new": noop("Recorded; changes will be noticed from now on"),
    "unknown": noop("Not verified yet"),
    "changed": noop("Changed since it was added: add it again from where you got it"),
}
SHORT: dict[State, str] = {
    "stated": noop("Verified"),
    "same": noop("Verified"),
    "new": noop("Recorded"),
    "unknown": noop("Not yet"),
    "changed": noop("Changed"),
}
ROLES: dict[State, str] = {"stated": "good", "same": "good", "changed": "bad"}
FITS: dict[Fit, str] = {
    "card": noop("Fits your graphics card: about {needed} of {there}"),
    "memory": noop("Fits the memory of this computer: about {needed} of {there}"),
    "busy": noop("Fits when other programs are closed: about {needed}, {free} are free now"),
    "no": noop("Too large for this computer: about {needed}, and it has {there}"),
}
MANY_LETTERS = 34


def purpose(item: Item) -> str:
    if item.kind != "adapter":
        return tr(PURPOSES[item.kind])
    return tr(ADAPTERS.get(item.what, ADAPTER))


def checked(item: Item) -> str:
    said = tr(STATES[item.state])
    if item.state == "unknown" or item.checked is None:
        return said
    return tr("{said} ({day})", said=said, day=day(item.checked))


def day(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d}"


def licence(item: Item) -> str:
    """In full."""
    if not item.forbids:
        return item.licence or tr("Not stated in the file. Look where you got it.")
    accepted = tr("You accepted this.") if item.accepted else tr("Not accepted yet.")
    return f"{item.licence} {accepted}"


def short_licence(item: Item) -> str:
    """For a column: what matters is whether pictures may be sold."""
    if item.forbids:
        return tr("Non-commercial")
    first = item.licence.partition(";")[0].partition(". ")[0].rstrip(".")
    return first if len(first) <= MANY_LETTERS else f"{first[: MANY_LETTERS - 1].rstrip()}…"


def memory(item: Item, machine: Machine) -> str:
    """Whether a base model fits this computer."""
    found = fit(item.needs, item.on_card, machine)
    needed, there = item.needs, machine.memory
    if found == "card":
        needed, there = item.on_card, machine.card_memory
    amounts = {"needed": needed, "there": there, "free": machine.free}
    return tr(FITS[found], **{name: words.size(count) for name, count in amounts.items()})


def fits_at_all(item: Item, machine: Machine) -> bool:
    return fit(item.needs, item.on_card, machine) != "no"


def computer(machine: Machine) -> str:
    """What this computer has, in one line."""
    memory, disk = words.size(machine.memory), words.size(machine.disk)
    if machine.card:
        card = f"{machine.card}, {words.size(machine.card_memory)}"
        return tr(
            "This computer: {memory} of memory · {card} · {disk} free on the disk",
            memory=memory, card=card, disk=disk,
        )  # fmt: skip
    return tr(
        "This computer: {memory} of memory · no NVIDIA graphics card in use · {disk} free on the disk",
        memory=memory, disk=disk,
    )  # fmt: skip
