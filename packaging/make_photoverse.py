"""Makes the embedded model's PhotoVerse adapter: `python packaging/make_photoverse.py PEOPLE.npz`.

There is no trained PhotoVerse for the embedded model, so this one is distilled on a CPU from what the model
has already; it is not the training of arXiv 2309.05793. Nothing of the model itself changes.

- The image adapters and W^S learn to give each cross-attention layer what the global IP-Adapter gives it, for
  the same person and queries seen in real runs of the UNet.
- The text adapters learn pseudo-words S* which, read by the frozen text encoder in a noun's place, give the
  states that FastComposer's fusion gives, half-way from the plain ones (the full fusion breaks up faces), and
  leave the other words' states as they are.
- The text's LoRA makes up for half of what is left of that difference, by reduced-rank regression on keys and
  values.

PEOPLE.npz holds portraits: JPEG bytes `i0`, `i1`, …, and `meta` (people, 3): 0 woman or 1 man, age, index.
Only people with an index below 90 are learned from; the others tell how well it went.
"""

import argparse
import io
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch  # noqa: TID253
import torch.nn.functional as F  # noqa: TID253
from PIL import Image, ImageEnhance
from safetensors.torch import load_file, save_file
from torch import Tensor, nn  # noqa: TID253

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core import models, references  # noqa: E402
from core.diffusion import denoise, fastcomposer, load, read  # noqa: E402
from core.diffusion.attention.attach import CrossLayer, cross_layers  # noqa: E402
from core.diffusion.attention.frame import split_heads  # noqa: E402
from core.diffusion.load import Loaded  # noqa: E402
from core.diffusion.photoverse import FORMAT, Adapter  # noqa: E402
from core.diffusion.pseudo_words import embeddings_changed  # noqa: E402
from core.faces import open_backend  # noqa: E402
from core.segment import open_segmenter  # noqa: E402
from core.sums import files_hash  # noqa: E402

MODEL, FACES = models.EMBEDDED["mini"], ROOT / "resources" / "models"
LEARNED = 90  # people from this index on are held out
MARGIN = 1.3  # arXiv 2309.05793 §3
WORDS = 5  # m in training, the deepest layers
FUSED = 0.5  # how far from the plain states to FastComposer's
RANK = 8
# Looked at on people never seen: with the whole of both, faces break up at α = σ = 1.
LORA = 0.5  # how much of what is left the LoRA makes up for
IMAGE = 0.5  # λ of the IP-Adapter that σ = 1 stands for
LENGTH = 32  # of the text encoder's rows that are looked at
VIEWS = 24  # of each person
QUERIES = 24  # of each layer in a batch
STYLES = (
    "a photo of", "a photo of", "a photo of", "a black and white photo of", "a sepia photo of",
    "a pencil sketch of", "an oil painting of", "a watercolor painting of", "a pop art poster of",
)  # fmt: skip
WEARING = (
    "", "", "", "in a red shirt", "in a blue shirt", "in a green shirt", "wearing sunglasses",
    "wearing glasses", "wearing a top hat", "wearing a crown",
)  # fmt: skip
PLACES = (
    "", "", "on the beach", "at sunset", "in the forest", "in the city at night", "in front of a brick wall",
    "in the snow", "in a library", "in a meadow", "in front of a white wall", "in front of a blue curtain",
)  # fmt: skip
OTHERS = ("", "", "", "a woman", "a man", "a dog", "a cat")


@dataclass(frozen=True)
class Seen:
    """What the image encoder says of V pictures: `layers` (V, N + 1, E), `pooled` (V, E'); `women` (V,)."""

    layers: Tensor
    pooled: Tensor
    women: Tensor


@dataclass(frozen=True)
class Sentence:
    """`ids` (L,) of a prompt, the subject's noun at `row`; `states` (L, D) of it; `woman`: whom it fits, None
    for both."""

    ids: Tensor
    row: int
    states: Tensor
    woman: bool | None


def main() -> int:
    chosen = _parser().parse_args()
    torch.manual_seed(0)
    random.seed(0)
    torch.set_num_threads(chosen.threads)
    torch.set_flush_denormal(True)
    started = time.perf_counter()
    loaded = load.load(models.inspect("mini", MODEL), torch.device("cpu"), torch.float32, files_hash)
    learned, held_out = _people(loaded, chosen.people)
    _say(started, f"{len(learned.women)} pictures to learn from, {len(held_out.women)} held out")
    layers = _layers(loaded)
    state = _image_branch(loaded, learned, held_out, layers, chosen.steps)
    _say(started, "image adapters and W^S are done")
    state |= _text_branch(loaded, learned, held_out, layers, chosen.steps)
    _say(started, "text adapters and LoRA are done")
    half = {key: tensor.half().contiguous() for key, tensor in state.items()}
    assert all(tensor.isfinite().all() for tensor in half.values())
    save_file(half, chosen.out, _metadata(loaded, layers))
    _say(started, f"{chosen.out}: {chosen.out.stat().st_size / 1e6:.1f} MB")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("people", type=Path)
    parser.add_argument("--out", type=Path, default=MODEL / "adapters" / "photoverse.safetensors")
    parser.add_argument("--steps", type=int, default=800, help="of learning, for each branch")
    parser.add_argument("--threads", type=int, default=1)
    return parser


def _say(started: float, text: str) -> None:
    print(f"{time.perf_counter() - started:6.0f} s  {text}", flush=True)


def _layers(loaded: Loaded) -> list[int]:
    """The last ones of the image encoder."""
    last = loaded.image_encoder.model.config.num_hidden_layers
    return list(range(last - WORDS + 1, last + 1))


def _metadata(loaded: Loaded, layers: Sequence[int]) -> dict[str, str]:
    return {
        "format": FORMAT,
        "encoder_layers": ",".join(map(str, layers)),
        "encoder_sha256": loaded.image_encoder.identity,
        "lora_alpha": "1",
        "lora_rank": str(RANK),
        "made_by": "packaging/make_photoverse.py: distilled from this model's IP-Adapter and FastComposer, "
        "not trained as in arXiv 2309.05793",
        "licence": "The project's own",
    }


# People


def _people(loaded: Loaded, file: Path) -> tuple[Seen, Seen]:
    """Views of the people to learn from, and the plain references of the others, as the encoder sees them."""
    data = np.load(file)
    faces, segmenter = open_backend("embedded", FACES), open_segmenter("embedded", FACES)
    learned: list[tuple[Image.Image, int]] = []
    held_out: list[tuple[Image.Image, int]] = []
    for row, (sex, _, index) in enumerate(data["meta"]):
        photo = Image.open(io.BytesIO(data[f"i{row}"].tobytes())).convert("RGB")
        found = faces.find(photo)
        if found:
            picture = _reference(loaded, photo, found[0].box, segmenter)
            (learned if index < LEARNED else held_out).append((picture, int(sex)))
    views = [(_changed(loaded, one, learned), sex) for one, sex in learned for _ in range(VIEWS)]
    return _seen(loaded, learned + views), _seen(loaded, held_out)


def _reference(loaded: Loaded, photo: Image.Image, box, segmenter) -> Image.Image:  # type: ignore[no-untyped-def]
    encoder = loaded.image_encoder
    crop, mask = references.prepare(photo, box, "person", encoder.size, MARGIN, segmenter)
    return references.compose(crop, mask, encoder.size, encoder.mean)


def _changed(loaded: Loaded, picture: Image.Image, others: Sequence[tuple[Image.Image, int]]) -> Image.Image:
    """Another view of the person: mirrored, moved, in other light; now and then half-way to somebody else."""
    if random.random() < 0.25:
        picture = Image.blend(picture, random.choice(others)[0], random.uniform(0.2, 0.8))
    if random.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    surroundings = tuple(round(255 * value) for value in loaded.image_encoder.mean)
    zoom, side = random.uniform(0.85, 1.15), picture.width
    x, y = (side * ((1 - zoom) / 2 + random.uniform(-0.06, 0.06)) for _ in range(2))
    picture = picture.transform(
        picture.size, Image.Transform.AFFINE, (zoom, 0, x, 0, zoom, y), Image.Resampling.BICUBIC,
        fillcolor=surroundings,
    )  # fmt: skip
    for enhance, least, most in (
        (ImageEnhance.Brightness, 0.6, 1.3),
        (ImageEnhance.Contrast, 0.75, 1.25),
        (ImageEnhance.Color, 0.6, 1.3),
    ):
        picture = enhance(picture).enhance(random.uniform(least, most))
    return picture


@torch.inference_mode()
def _seen(loaded: Loaded, pictures: Sequence[tuple[Image.Image, int]]) -> Seen:
    layers, pooled = [], []
    for start in range(0, len(pictures), 32):
        batch = [read.normalise(picture, loaded.image_encoder) for picture, _ in pictures[start : start + 32]]
        output = loaded.image_encoder.model(torch.cat(batch), output_hidden_states=True)
        layers.append(_class_tokens(output))
        pooled.append(output.image_embeds)
    women = torch.tensor([sex == 0 for _, sex in pictures])
    return Seen(torch.cat(layers).clone(), torch.cat(pooled).clone(), women)


def _class_tokens(output) -> Tensor:  # type: ignore[no-untyped-def]
    return torch.stack([states[:, 0] for states in output.hidden_states], dim=1)


class Adapters(nn.Module):
    """One adapter for each chosen layer. Learns on standardised class tokens; `folded` gives what reads them
    as they are."""

    def __init__(self, seen: Seen, layers: Sequence[int], width: int) -> None:
        super().__init__()
        self.layers, features = list(layers), seen.layers.shape[-1]
        chosen = seen.layers[:, self.layers]
        self.mean, std = chosen.mean(dim=0), chosen.std(dim=0)
        self.std = std.clamp_min(0.1 * float(std.mean()))
        self.each = nn.ModuleList(Adapter(features, width, width) for _ in self.layers)

    def forward(self, layers: Tensor) -> Tensor:
        """(B, N + 1, E) → (B, m, D)."""
        standard = (layers[:, self.layers] - self.mean) / self.std
        return torch.stack([each(standard[:, index]) for index, each in enumerate(self.each)], dim=1)

    def folded(self, name: str) -> dict[str, Tensor]:
        state = {f"{name}.{key}": tensor.detach().clone() for key, tensor in self.each.state_dict().items()}
        for index in range(len(self.layers)):
            weight, bias = f"{name}.{index}.fc1.weight", f"{name}.{index}.fc1.bias"
            state[weight] = state[weight] / self.std[index]
            state[bias] = state[bias] - state[weight] @ self.mean[index]
        return state


def _learn(
    parameters: Sequence[nn.Parameter], loss: Callable[[int], Tensor], steps: int, rate: float, name: str
) -> None:
    optimiser = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=0.05)
    average = 0.0
    for step in range(steps):
        value = loss(step)
        optimiser.zero_grad(set_to_none=True)
        value.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        schedule.step()
        average = 0.95 * average + 0.05 * float(value.detach()) if step else float(value.detach())
        if step % max(1, steps // 8) == 0 or step == steps - 1:
            print(f"          {name} {step:5d}  loss {average:.4f}", flush=True)


# The visual branch: image adapters and W^S


@dataclass(frozen=True)
class Taught:
    """One layer of the visual branch. `queries` (n, C) of real runs; the teacher's W'_k, W'_v; our W^S."""

    layer: CrossLayer
    queries: Tensor
    key: Tensor
    value: Tensor
    own_key: nn.Parameter
    own_value: nn.Parameter

    def error(self, own: Tensor, target: Tensor, number: int = QUERIES) -> Tensor:
        """Of the attention's output for tokens `own` (B, m, D) against the teacher's for `target` (B, T, D),
        as a part of how much the teacher's differs between people."""
        heads = self.layer.attention.heads
        query = self.queries[torch.randint(len(self.queries), (number,))]
        query = split_heads(query[None], heads).expand(len(own), -1, -1, -1)
        expected = _attend(query, target, self.key, self.value, heads)
        found = _attend(query, own, self.own_key, self.own_value, heads)
        return (found - expected).square().mean() / (expected - expected.mean(dim=0)).square().mean()


def _attend(query: Tensor, tokens: Tensor, key: Tensor, value: Tensor, heads: int) -> Tensor:
    return F.scaled_dot_product_attention(
        query, split_heads(F.linear(tokens, key), heads), split_heads(F.linear(tokens, value), heads)
    )


def _image_branch(
    loaded: Loaded, learned: Seen, held_out: Seen, layers: Sequence[int], steps: int
) -> dict[str, Tensor]:
    teacher = loaded.adapter(loaded.info.adapter("ip-adapter"))
    nothing = _nothing(loaded)
    adapters = Adapters(learned, layers, loaded.info.width)
    taught = [_taught(layer, queries, teacher.state) for layer, queries in _queries(loaded)]
    with torch.no_grad():
        target, empty = (
            teacher.projection(learned.pooled),
            teacher.projection(torch.zeros(1, learned.pooled.shape[1])),
        )

    def loss(_: int) -> Tensor:
        # A tenth stands for "no image": guidance multiplies the difference to it.
        chosen = torch.randint(len(learned.women), (44,))
        own = adapters(torch.cat([learned.layers[chosen], nothing.expand(4, -1, -1)]))
        expected = torch.cat([target[chosen], empty.expand(4, -1, -1)])
        return torch.stack([each.error(own, expected) for each in taught]).mean()

    weights = [weight for each in taught for weight in (each.own_key, each.own_value)]
    _learn([*adapters.parameters(), *weights], loss, steps, 1e-3, "image")
    with torch.no_grad():
        own, wanted = adapters(held_out.layers), teacher.projection(held_out.pooled)
        unseen = torch.stack([each.error(own, wanted, 512) for each in taught]).mean()
    print(f"          people never seen: {float(unseen):.3f} of the variance is missed", flush=True)
    state = adapters.folded("image_adapter")
    for each in taught:
        state[f"visual.{each.layer.index}.to_k.weight"] = each.own_key.detach()
        state[f"visual.{each.layer.index}.to_v.weight"] = IMAGE * each.own_value.detach()
    return state


def _taught(layer: CrossLayer, queries: Tensor, state: dict[str, Tensor]) -> Taught:
    key, value = (state[f"ip_adapter.{layer.index}.to_{part}_ip.weight"] for part in "kv")
    return Taught(layer, queries, key, value, nn.Parameter(key.clone()), nn.Parameter(value.clone()))


@torch.inference_mode()
def _nothing(loaded: Loaded) -> Tensor:
    """The class tokens of an image of zeros, (1, N + 1, E)."""
    encoder = loaded.image_encoder
    zeros = torch.zeros(1, 3, encoder.size, encoder.size)
    return _class_tokens(encoder.model(zeros, output_hidden_states=True)).clone()


@torch.inference_mode()
def _queries(loaded: Loaded) -> Iterator[tuple[CrossLayer, Tensor]]:
    """Of every cross-attention, queries (n, C) at chance positions over the steps of real runs."""
    layers = cross_layers(loaded.unet)
    found: dict[str, list[Tensor]] = {layer.name: [] for layer in layers}
    hooks = [layer.attention.to_q.register_forward_hook(_keeper(found[layer.name])) for layer in layers]
    try:
        for seed in range(10):
            _run_unet(loaded, _prompt(random.choice(("woman", "man", "person"))), seed)
    finally:
        for hook in hooks:
            hook.remove()
    for layer in layers:
        yield layer, torch.cat(found[layer.name]).clone()


def _keeper(kept: list[Tensor]) -> Callable[[object, object, Tensor], None]:
    def keep(module: object, given: object, output: Tensor) -> None:
        flat = output.flatten(0, 1)
        kept.append(flat[torch.randint(len(flat), (64,))])

    return keep


def _run_unet(loaded: Loaded, prompt: str, seed: int) -> None:
    side = loaded.unet.config.sample_size
    text = _encode(loaded, _ids(loaded, prompt, loaded.info.tokens)[None])
    scheduler = denoise.make_scheduler("dpm++", loaded.scheduler_config, 10, loaded.device)
    latents = denoise.noise([seed], loaded.info.latent_channels, side, side) * scheduler.init_noise_sigma
    for timestep in scheduler.timesteps:
        given = scheduler.scale_model_input(latents, timestep)
        output = loaded.unet(given, timestep, encoder_hidden_states=text, return_dict=False)[0]
        latents = scheduler.step(output, timestep, latents).prev_sample


# The text branch: text adapters and LoRA


def _text_branch(
    loaded: Loaded, learned: Seen, held_out: Seen, layers: Sequence[int], steps: int
) -> dict[str, Tensor]:
    file = MODEL / "adapters" / "fastcomposer.safetensors"
    fusion = fastcomposer.build({key: value.float() for key, value in load_file(file).items()}, file.name)
    sentences = [_sentence(loaded) for _ in range(600)]
    adapters = Adapters(learned, layers, loaded.info.width)
    _start_near_words(adapters, loaded)

    def loss(step: int) -> Tensor:
        words = 1 if step % 2 else random.randint(2, WORDS)
        own, expected, noun = _read_with_words(loaded, adapters, fusion, learned, sentences, words)
        wrong = (own - expected).square().mean(dim=-1)
        return wrong[noun].mean() + wrong[~noun].mean()

    _learn(list(adapters.parameters()), loss, steps, 2e-3, "text")
    with torch.no_grad():
        own, expected, noun = _read_with_words(loaded, adapters, fusion, held_out, sentences, 1, 110)
        missed = (own - expected)[noun].square().mean()
        spread = (expected[noun] - expected[noun].mean(dim=0)).square().mean()
    print(f"          people never seen: {float(missed / spread):.3f} of the variance is missed", flush=True)
    return adapters.folded("text_adapter") | _lora(loaded, adapters, fusion, learned, sentences)


def _start_near_words(adapters: Adapters, loaded: Loaded) -> None:
    """S* as large as the words it stands among: LayerNorm makes values of size 1."""
    table = loaded.text_encoders[0].model.get_input_embeddings().weight
    for adapter in adapters.each.children():
        nn.init.constant_(adapter.norm2.weight, 2 * float(table.std()))


def _prompt(noun: str) -> str:
    """One of those that the model knows, the noun first."""
    age = random.choice(("", "", "a young", "an old"))
    parts = [random.choice(STYLES), age or "a", noun, random.choice(WEARING)]
    other = random.choice(OTHERS)
    parts += ["and", other] if other else []
    return " ".join(part for part in (*parts, random.choice(PLACES)) if part)


def _sentence(loaded: Loaded) -> Sentence:
    noun = random.choice(("woman", "woman", "man", "man", "person"))
    ids = _ids(loaded, _prompt(noun))
    own = loaded.text_encoders[0].tokenizer(noun, add_special_tokens=False).input_ids
    row = ids.tolist().index(own[0])
    with torch.no_grad():
        states = _encode(loaded, ids[None])[0]
    return Sentence(ids, row, states, {"woman": True, "man": False}.get(noun))


def _ids(loaded: Loaded, prompt: str, length: int = LENGTH) -> Tensor:
    ids: Tensor = (
        loaded.text_encoders[0]
        .tokenizer(prompt, padding="max_length", max_length=length, truncation=True, return_tensors="pt")
        .input_ids[0]
    )
    return ids


def _encode(loaded: Loaded, ids: Tensor) -> Tensor:
    states: Tensor = loaded.text_encoders[0].model(ids).last_hidden_state
    return states


def _read_with_words(
    loaded: Loaded, adapters: Adapters, fusion: nn.Module, seen: Seen, sentences: Sequence[Sentence],
    words: int, number: int = 24,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """Some people, each in a sentence that fits: the states with S* in the noun's place, those wanted (both
    (B, L, D)), and which rows are the noun's (B, L)."""
    people = torch.randint(len(seen.women), (number,))
    chosen = [_fitting(sentences, bool(seen.women[person])) for person in people]
    ids = torch.stack([_stretched(each.ids, each.row, words) for each in chosen])
    plain = torch.stack([_stretched(each.states, each.row, words) for each in chosen])
    noun = torch.zeros(ids.shape, dtype=torch.bool)
    for index, each in enumerate(chosen):
        noun[index, each.row : each.row + words] = True
    stars = adapters(seen.layers[people])[:, -words:]
    with embeddings_changed(
        loaded.text_encoders[0].model,
        lambda plain: plain.masked_scatter(noun[..., None], stars.flatten(0, 1)),
    ):
        own = _encode(loaded, ids)
    with torch.no_grad():
        pooled = seen.pooled[people][:, None].expand(-1, words, -1)
        before = torch.stack([each.states[each.row] for each in chosen])[:, None].expand(-1, words, -1)
        fused = torch.lerp(before, fusion(before, pooled), FUSED)
        expected = plain.masked_scatter(noun[..., None], fused)
    return own, expected, noun


def _fitting(sentences: Sequence[Sentence], woman: bool) -> Sentence:
    return random.choice([each for each in sentences if each.woman in (woman, None)])


def _stretched(rows: Tensor, row: int, words: int) -> Tensor:
    """The noun's row `words` times; what no longer fits is cut."""
    return torch.cat([rows[:row], rows[row : row + 1].expand(words, *rows.shape[1:]), rows[row + 1 :]])[
        : len(rows)
    ]


@torch.no_grad()
def _lora(
    loaded: Loaded, adapters: Adapters, fusion: nn.Module, seen: Seen, sentences: Sequence[Sentence]
) -> dict[str, Tensor]:
    """B A of every layer's text W_k and W_v: W p' − W p, p' the wanted states, by reduced-rank regression on
    the states p that are read."""
    read = [_read_with_words(loaded, adapters, fusion, seen, sentences, 1 + n % 2, 64) for n in range(40)]
    # The noun's rows count as much as all others.
    weight = [torch.where(noun, noun.numel() / noun.sum(), 1.0).sqrt()[..., None] for _, _, noun in read]
    own = torch.cat([(states * w).flatten(0, 1) for (states, _, _), w in zip(read, weight, strict=True)])
    wanted = torch.cat([(states * w).flatten(0, 1) for (_, states, _), w in zip(read, weight, strict=True)])
    inverse = torch.linalg.inv(
        own.T @ own + 1e-3 * own.square().sum() / own.shape[1] * torch.eye(own.shape[1])
    )
    change = (inverse @ (own.T @ (wanted - own))).T  # (D, D): states → what is missing
    state = {}
    for layer in cross_layers(loaded.unet):
        for part in ("to_k", "to_v"):
            full = getattr(layer.attention, part).weight @ change  # (C, D)
            directions = torch.linalg.svd(full @ own.T[:, ::16], full_matrices=False)[0][:, :RANK]
            state[f"text_lora.{layer.index}.{part}.up.weight"] = LORA * directions
            state[f"text_lora.{layer.index}.{part}.down.weight"] = directions.T @ full
    return state


if __name__ == "__main__":
    sys.exit(main())
