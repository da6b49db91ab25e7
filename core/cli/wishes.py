"""The options of a wish on the command line, in the groups of the help."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import typer

from core.errors import KnownError
from core.paths import Home
from core.spec import Inside, Joining, Merging, Method, Precision, Region, RelevanceText, SchedulerName, Until
from core.wildcards import How as Drawing

Value = TypeVar("Value")
SUBJECTS, PICTURE, START = "People and objects", "Picture", "Starting from a photo"
METHOD, SHARING = "The method's own settings", "Who is where, and when"

UntilScore = Annotated[
    float | None,
    typer.Option(
        min=-1,
        max=1,
        metavar="SCORE",
        help="Makes each again with another seed until the person least alike reaches this likeness.",
    ),
]
Tries = Annotated[int | None, typer.Option(min=1, max=100, help="With --until-score: so many at most (8).")]
Keep = Annotated[
    Literal["all", "best"] | None,
    typer.Option(help="With --until-score: best marks the others as rejected (all)."),
]


def _option(panel: str, words: str, name: str = "", **limits: Any) -> Any:
    return typer.Option(*([name] if name else []), help=words, rich_help_panel=panel, **limits)


def _strong(panel: str, words: str, most: float, name: str = "") -> Any:
    return _option(panel, words, name, min=0, max=most)


From = Annotated[
    list[Path] | None, _option(PICTURE, "A text file of prompts, one a line.", "--from", metavar="FILE")
]
Wildcards = Annotated[
    Drawing | None,
    _option(PICTURE, "Draw one line for each __wildcard__ of a picture's prompt, by its seed, or make all."),
]
Preset = Annotated[
    str | None, _option(PICTURE, "Named settings to begin with; what is said besides counts.", metavar="NAME")
]
SavePreset = Annotated[
    str | None,
    _option(PICTURE, "Also keeps these settings under a name, without prompts and people.", metavar="NAME"),
]
Count = Annotated[int, _option(PICTURE, "Pictures of each prompt, with seeds counting up.", min=1)]
CountOrPreset = Annotated[
    int | None,
    _option(PICTURE, "Pictures of each prompt, with seeds counting up; otherwise 1.", "--count", min=1),
]
Seed = Annotated[int | None, _option(PICTURE, "The first seed; otherwise drawn by chance.", min=0)]
Model = Annotated[str | None, _option(PICTURE, "A name from “likeness models”.")]
Size = Annotated[str | None, _option(PICTURE, "Pixels; otherwise the model's own.", metavar="W[xH]")]
Steps = Annotated[int | None, _option(PICTURE, "Denoising steps.", min=1, max=1000)]
Guidance = Annotated[float | None, _strong(PICTURE, "How closely the text is followed.", 50)]
Scheduler = Annotated[SchedulerName | None, _option(PICTURE, "How noise is taken away.")]
Negative = Annotated[str | None, _option(PICTURE, "What the picture should not show.", metavar="TEXT")]
Numbers = Annotated[Precision | None, _option(PICTURE, "The numbers it is computed with.")]

How = Annotated[
    Method | None,
    _option(SUBJECTS, "How references act; otherwise the model's best. See “likeness models methods”."),
]
Adapter = Annotated[
    str | None, _option(SUBJECTS, "Which adapter file, of several for one method.", metavar="NAME")
]
Fusion = Annotated[
    str | None, _option(SUBJECTS, "Which FastComposer file, in a combination.", metavar="NAME")
]
Scale = Annotated[float | None, _strong(SUBJECTS, "How strongly references act.", 3)]
Strength = Annotated[
    list[str] | None,
    _option(SUBJECTS, "The same for one of them: ada=0.8.", metavar="WHO=NUMBER"),
]
TextStrength = Annotated[
    list[str] | None,
    _option(SUBJECTS, "How much a subject's words change (FastComposer, PhotoVerse).", metavar="WHO=NUMBER"),
]
JoiningOption = Annotated[Joining | None, _option(SUBJECTS, "How several references become one.")]

MergingOption = Annotated[Merging | None, _option(SHARING, "How several subjects share the picture.")]
Relevance = Annotated[
    RelevanceText | None, _option(SHARING, "Whose words say where a subject is: the prompt's, or its class.")
]
RegionOption = Annotated[
    list[str] | None,
    _option(
        SHARING,
        "Where somebody belongs: left,top,right,bottom as parts of the sides, or a picture, white there.",
        metavar="WHO=BOX|FILE",
    ),
]
Soft = Annotated[
    float | None, _strong(SHARING, "How far a region's edge fades, as a part of the longer side.", 0.5)
]
Maps = Annotated[bool, _option(SHARING, "Keep, with each picture, maps of who is where.", "--maps")]
Begin = Annotated[float | None, _strong(SHARING, "From which part of the steps references act.", 1)]
End = Annotated[float | None, _strong(SHARING, "Up to which part of the steps they act.", 1)]
Layer = Annotated[
    list[str] | None,
    _option(SHARING, "Multiplies every strength in down, mid or up layers.", metavar="GROUP=NUMBER"),
]

Alpha = Annotated[
    float | None, _strong(METHOD, "FastComposer: the part of the steps with changed words, at the end.", 1)
]
Words = Annotated[int | None, _option(METHOD, "PhotoVerse: how many pseudo-words.", min=1, max=16)]
Gamma = Annotated[float | None, _strong(METHOD, "PhotoVerse: how strongly the words act.", 3)]
Sigma = Annotated[float | None, _strong(METHOD, "PhotoVerse: how strongly the visual branch acts.", 3)]
Lora = Annotated[
    float | None, _strong(METHOD, "PhotoVerse, IP-Adapter FaceID: how much of the file's LoRA is used.", 2)
]
SScale = Annotated[
    float | None, _strong(METHOD, "FaceID PlusV2: how much of the face's look is added.", 3, "--s-scale")
]

Start = Annotated[
    Path | None,
    typer.Option(
        "--start",
        "--photo",
        help="A photo to start from instead of noise.",
        metavar="PHOTO",
        rich_help_panel=START,
    ),
]
StartStrength = Annotated[
    float | None, _option(START, "How much of it is made anew: 1 leaves nothing of the photo.", min=0, max=1)
]
Mask = Annotated[
    str | None,
    _option(
        START,
        "Make only this part of the photo anew: a picture that is white there, or a face of the album, alone "
        "or with its body. WHO is a handle, or a number from the left.",
        metavar="FILE|face:WHO|person:WHO",
    ),
]
Feather = Annotated[
    float | None, _strong(START, "How far the mask's edge fades, as a part of the photo's longer side.", 0.2)
]
Around = Annotated[
    float | None,
    _option(START, "How much of the photo the model sees, in sides of the mask.", min=1, max=8),
]


def wished(home: Home, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a `Wish` from the options of “queue add”, by their parameters' names; what was not typed
    is left out. Raises KnownError."""
    width, height = sides(typed["size"])
    soft = typed["soft"]
    if soft is not None and not typed["region"]:
        raise KnownError("--soft fades the edge of a --region: give one, or leave it out.")
    made = {
        "width": width,
        "height": height,
        "scales": by_name(typed["strength"], "--strength", _number),
        "text_scales": by_name(typed["text_strength"], "--text-strength", _number),
        "layers": by_name(typed["layer"], "--layer", _number),
        "regions": by_name(typed["region"], "--region", lambda text: _region(home, text, soft)),
        "negative_prompt": typed["negative"],
        "start": str(typed["start"]) if typed["start"] else None,
        "inside": inside(home, typed),
        "maps": typed["maps"] or None,
        "until": until(typed),
    }
    as_they_are = (
        "count", "seed", "method", "adapter", "fusion", "model", "steps", "guidance", "scheduler",
        "precision", "scale", "joining", "merging", "relevance_text", "begin", "end", "alpha", "words",
        "gamma", "sigma", "lora", "s_scale", "start_strength", "wildcards",
    )  # fmt: skip
    made |= {name: typed[name] for name in as_they_are}
    return {name: value for name, value in made.items() if value not in (None, {})}


def listed(files: Sequence[Path]) -> list[str]:
    """The prompts of text files. Raises KnownError."""
    from core import wildcards

    return [each for file in files for each in wildcards.read_prompts(file.expanduser())]


def preset(home: Home, name: str | None) -> dict[str, Any]:
    """The fields of a `Wish` that a preset decides. Raises KnownError."""
    from core import presets

    return presets.find(home, name).told if name else {}


def save_preset(home: Home, name: str, chosen: Mapping[str, Any]) -> None:
    """Keeps these fields of a `Wish`, without prompts and people. Raises KnownError."""
    from core import presets
    from core.wish import Wish

    presets.keep(home, presets.of(name, Wish(**({"text": ""} | dict(chosen))), with_prompts=False))


def inside(home: Home, typed: Mapping[str, Any]) -> Inside | None:
    """What of the start photo is made anew, its mask kept. Raises KnownError."""
    from core import start_photo

    told = {name: typed[name] for name in ("feather", "around") if typed[name] is not None}
    if typed["mask"] is None:
        if told:
            raise KnownError(f"--{next(iter(told))} belongs to a --mask: give one, or leave it out.")
        return None
    if typed["start"] is None:
        raise KnownError("--mask belongs to a photo: say which with --photo PHOTO.")
    kind, colon, who = typed["mask"].partition(":")
    automatic = colon and kind in ("face", "person") and not Path(typed["mask"]).exists()
    mask = _found(home, typed["start"], kind, who) if automatic else Path(typed["mask"]).expanduser()
    return Inside(start_photo.keep_mask(home, mask), **told)


def _found(home: Home, photo: Path, kind: str, who: str) -> bytes:
    """The mask of somebody's face, or of the person, as PNG."""
    from core import images, masks, settings
    from core.cli import work

    with work.opened(home) as library, library.read() as session:
        seen = masks.faces(session, photo.expanduser())
    box = masks.find(seen, who).box
    others = [each.box for each in seen if each.box != box]
    if kind == "face":
        return masks.as_png(masks.face(images.upright_size(photo.expanduser()), box))
    engine = work.make_engine(home)
    try:
        return masks.as_png(
            masks.person(engine, home, settings.load(home).margin, photo.expanduser(), box, others)
        )
    finally:
        engine.close()


def sides(size: str | None) -> tuple[int | None, int | None]:
    """ "512" or "512x768" → width and height. Raises KnownError."""
    if size is None:
        return None, None
    match = re.fullmatch(r"(\d{2,4})(?:[x×](\d{2,4}))?", size.strip())
    if not match:
        raise KnownError(f"“{size}” is no size: write it like 512 or 512x768.")
    return int(match[1]), int(match[2] or match[1])


def by_name(typed: Sequence[str] | None, option: str, read: Callable[[str], Value]) -> dict[str, Value]:
    """["ada=0.8", "@ben=1"] → {"ada": 0.8, "ben": 1.0}. Raises KnownError."""
    found: dict[str, Value] = {}
    for text in typed or ():
        name, sign, value = text.partition("=")
        name = name.strip().removeprefix("@").lower()
        if not (sign and name and value.strip()):
            raise KnownError(f"{option} {text}: write it like {EXAMPLES[option]}.")
        if name in found:
            raise KnownError(f"{option} says something about {name} twice.")
        try:
            found[name] = read(value.strip())
        except ValueError as error:
            raise KnownError(f"{option} {text}: {error} Write it like {EXAMPLES[option]}.") from error
    return found


EXAMPLES = {
    "--strength": "--strength ada=0.8",
    "--text-strength": "--text-strength ada=0.8",
    "--layer": "--layer mid=0.5",
    "--region": "--region ada=0.05,0.1,0.5,1 or --region ada=mask.png",
}


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"“{text}” is no number.") from None


def _region(home: Home, text: str, soft: float | None) -> Region:
    from core import compose

    soft = Region.__struct_defaults__[-1] if soft is None else soft
    numbers = re.fullmatch(r"[\d.\s]+(,[\d.\s]+)+", text)
    if not numbers:
        return Region(mask=compose.keep_mask(home, Path(text).expanduser()), soft=soft)
    edges = [_number(edge) for edge in text.split(",")]
    if len(edges) != 4 or not all(0 <= edge <= 1 for edge in edges):
        raise ValueError("A box has four edges from 0 to 1: left, top, right, bottom.")
    return Region(box=(edges[0], edges[1], edges[2], edges[3]), soft=soft)


def until(typed: Mapping[str, Any]) -> Until | None:
    """How alike people must be, how many tries, and what is kept. Raises KnownError for tries without a
    likeness."""
    if typed["until_score"] is None:
        for name in ("tries", "keep"):
            if typed[name] is not None:
                raise KnownError(f"--{name} belongs to --until-score: say which likeness is enough.")
        return None
    return Until(typed["until_score"], typed["tries"] or 8, typed["keep"] or "all")


def tried(wanted: Until) -> str:
    """How far it is: “try 2 of 8, until 0.45”."""
    return f"try {wanted.number} of {wanted.tries}, until {wanted.score:g}"
