"""References as the UNet reads them."""

import stat
from collections.abc import Callable

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from tiny_models import no_faces, spec

from core.diffusion.engine import Pipeline
from core.diffusion.read import ReferenceReader, normalise
from core.errors import KnownError
from core.methods import Features
from core.paths import Home
from core.spec import Reference, SubjectSpec


def test_several_references_are_averaged_by_weight(mini: Pipeline, put: Callable[[Image.Image], str]) -> None:
    loaded, reader = mini._model(mini.info("mini"), torch.float32)
    adapter = loaded.adapter(loaded.info.adapter("ip-adapter"))
    red, blue = (put(Image.new("RGB", (128, 128), colour)) for colour in ("red", "blue"))
    one, two = (reader.tokens(adapter, [Reference(crop)]) for crop in (red, blue))
    both = reader.tokens(adapter, [Reference(red, weight=3.0), Reference(blue, weight=1.0)])
    torch.testing.assert_close(both, (3 * one + two) / 4)


def test_references_can_also_stand_one_after_another(
    mini: Pipeline, put: Callable[[Image.Image], str]
) -> None:
    loaded, reader = mini._model(mini.info("mini"), torch.float32)
    adapter = loaded.adapter(loaded.info.adapter("ip-adapter-plus"))
    two = [Reference(put(Image.new("RGB", (128, 128), colour)), weight=2.0) for colour in ("red", "blue")]
    each = [reader.tokens(adapter, [reference]) for reference in two]
    assert torch.equal(reader.tokens(adapter, two, "concatenated"), torch.cat(each))


@pytest.mark.parametrize("kind", ["pooled", "patches", "layers"])
def test_features_are_what_the_encoder_says(
    mini: Pipeline, put: Callable[[Image.Image], str], kind: Features
) -> None:
    loaded, reader = mini._model(mini.info("mini"), torch.float32)
    encoder = loaded.image_encoder
    picture = split("red", "blue").resize((encoder.size, encoder.size))
    with torch.inference_mode():
        said = encoder.model(normalise(picture, encoder), output_hidden_states=True)
    expected = {
        "pooled": said.image_embeds,
        "patches": said.hidden_states[-2],
        "layers": torch.cat([state[:, :1] for state in said.hidden_states], dim=1),
    }
    found = reader.features(kind, Reference(put(picture)))
    assert list(found) == [kind]
    torch.testing.assert_close(found[kind], expected[kind])


def test_no_image_is_zeros_or_an_image_of_zeros(mini: Pipeline) -> None:
    loaded, reader = mini._model(mini.info("mini"), torch.float32)
    encoder = loaded.image_encoder
    with torch.inference_mode():
        said = encoder.model(torch.zeros(1, 3, encoder.size, encoder.size), output_hidden_states=True)
    pooled, face = reader.unconditional("pooled")["pooled"], reader.unconditional("face")["face"]
    assert (pooled.shape, face.shape) == (said.image_embeds.shape, (1, 512))
    assert not pooled.any()
    assert not face.any()
    both = reader.unconditional("face+patches")
    assert torch.equal(both["face"], face)
    torch.testing.assert_close(both["patches"], said.hidden_states[-2])
    layers = torch.stack([state[:, 0] for state in said.hidden_states], dim=1)
    torch.testing.assert_close(reader.unconditional("layers")["layers"], layers)


def test_each_kind_of_features_is_kept_apart(
    mini: Pipeline, home: Home, put: Callable[[Image.Image], str]
) -> None:
    loaded, _ = mini._model(mini.info("mini"), torch.float32)
    crop = put(Image.new("RGB", (128, 128), "olive"))
    kinds: tuple[Features, ...] = ("pooled", "patches", "layers")
    fresh = {kind: ReferenceReader(loaded, home, no_faces).features(kind, Reference(crop)) for kind in kinds}
    assert len(list(home.encodings.glob(f"{crop}-*.safetensors"))) == 3
    home.reference(crop).unlink()
    again = ReferenceReader(loaded, home, no_faces)
    for kind in kinds:
        assert torch.equal(again.features(kind, Reference(crop))[kind], fresh[kind][kind])


def test_a_mask_hides_the_surroundings(mini: Pipeline, put: Callable[[Image.Image], str]) -> None:
    loaded, reader = mini._model(mini.info("mini"), torch.float32)
    adapter = loaded.adapter(loaded.info.adapter("ip-adapter-plus"))
    half = np.zeros((128, 128), np.uint8)
    half[:, :64] = 255
    mask = put(Image.fromarray(half))
    left_red = [Reference(put(split("red", right)), mask) for right in ("blue", "green")]
    assert torch.equal(reader.tokens(adapter, left_red[:1]), reader.tokens(adapter, left_red[1:]))


def test_encodings_are_kept_under_the_crops_name_for_their_owner_only(
    mini: Pipeline, home: Home, put: Callable[[Image.Image], str]
) -> None:
    loaded, _ = mini._model(mini.info("mini"), torch.float32)
    adapter = loaded.adapter(loaded.info.adapter("ip-adapter"))
    crop = put(Image.new("RGB", (128, 128), "purple"))
    fresh = ReferenceReader(loaded, home, no_faces).tokens(adapter, [Reference(crop)])
    (file,) = home.encodings.glob(f"{crop}-*.safetensors")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    home.reference(crop).unlink()
    assert torch.equal(ReferenceReader(loaded, home, no_faces).tokens(adapter, [Reference(crop)]), fresh)


def test_a_damaged_encoding_is_made_again(
    mini: Pipeline, home: Home, put: Callable[[Image.Image], str]
) -> None:
    loaded, _ = mini._model(mini.info("mini"), torch.float32)
    adapter = loaded.adapter(loaded.info.adapter("ip-adapter"))
    crop = put(Image.new("RGB", (128, 128), "orange"))
    fresh = ReferenceReader(loaded, home, no_faces).tokens(adapter, [Reference(crop)])
    (file,) = home.encodings.glob(f"{crop}-*.safetensors")
    file.write_bytes(b"not a tensor")
    assert torch.equal(ReferenceReader(loaded, home, no_faces).tokens(adapter, [Reference(crop)]), fresh)


def test_a_missing_crop_is_said_in_the_users_words(
    mini: Pipeline, subject: Callable[..., SubjectSpec]
) -> None:
    prompt = "a photo of a woman"
    lost = subject(prompt, "woman", references=(Reference("f" * 64),))
    with pytest.raises(KnownError, match="missing or damaged"):
        mini.render([spec(prompt, subjects=(lost,))], lambda *_: None)


def split(left: str, right: str) -> Image.Image:
    picture = Image.new("RGB", (128, 128), right)
    picture.paste(Image.new("RGB", (64, 128), left), (0, 0))
    return picture


@pytest.mark.parametrize(
    "change", [lambda t: t + 1, lambda t: t[..., :3], lambda t: t.half(), torch.zeros_like]
)
def test_an_encoding_that_the_disk_has_changed_is_made_again(
    mini: Pipeline, home: Home, put: Callable[[Image.Image], str], change: Callable[..., torch.Tensor]
) -> None:
    """A whole file of other numbers looks like one of ours: its checksum tells."""
    loaded, _ = mini._model(mini.info("mini"), torch.float32)
    reference = Reference(put(Image.linear_gradient("L").convert("RGB").resize((40, 40))))
    true = ReferenceReader(loaded, home, no_faces).features("patches", reference)
    [file] = home.encodings.glob(f"{reference.crop}-*.safetensors")
    kept = load_file(file)["patches"]
    save_file({"patches": change(kept).contiguous()}, file)
    found = ReferenceReader(loaded, home, no_faces).features("patches", reference)
    assert torch.equal(found["patches"], true["patches"])
    assert torch.equal(load_file(file)["patches"], kept)
