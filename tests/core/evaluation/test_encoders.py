"""CLIP and DINO against the models used directly."""

import numpy as np
import pytest
import torch
from PIL import Image

from core.errors import KnownError
from core.evaluation import clip, encoder
from core.evaluation.clip import Clip, image_score, text_score
from core.evaluation.dino import Dino

RANDOM = np.random.default_rng(5)


def noise(width: int = 40, height: int = 32) -> Image.Image:
    return Image.fromarray(RANDOM.integers(0, 256, (height, width, 3), dtype=np.uint8))


def rows(values):
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def test_text_score_is_two_and_a_half_times_the_cosine_and_never_negative():
    a, b = rows(RANDOM.normal(size=(2, 4)))
    assert text_score(a, b) == pytest.approx(max(0, 2.5 * sum(x * y for x, y in zip(a, b, strict=True))))
    assert text_score(a, -a) == 0.0
    assert text_score(a, a) == pytest.approx(2.5)


def test_image_score_is_the_mean_over_all_pairs():
    ours, theirs = rows(RANDOM.normal(size=(2, 4))), rows(RANDOM.normal(size=(3, 4)))
    expected = [sum(x * y for x, y in zip(a, b, strict=True)) for a in ours for b in theirs]
    assert image_score(ours, theirs) == pytest.approx(sum(expected) / 6)


def test_pixels_are_resized_by_the_shorter_side_cut_in_the_middle_and_normalised():
    image = Image.new("RGB", (80, 40), (255, 0, 0))
    image.paste((0, 0, 255), (20, 0, 60, 40))  # the middle square
    values = encoder.pixels([image], 40, 40, (0.5, 0.5, 0.5), (0.25, 0.5, 1.0))
    assert values.shape == (1, 3, 40, 40)
    assert values[0, :, 20, 20].tolist() == [-2.0, -1.0, 0.5]


def test_clip_is_the_model_with_its_projections(clip_folder):
    from transformers import AutoTokenizer, CLIPModel

    model = CLIPModel.from_pretrained(clip_folder).eval()
    images, texts = [noise(32, 32), noise(32, 32)], ["a dog", "two cats on a mat"]
    tokens = AutoTokenizer.from_pretrained(clip_folder)(texts, padding=True, return_tensors="pt")
    values = torch.stack([torch.from_numpy(np.asarray(each).copy()) for each in images]).float() / 255
    values = ((values - torch.tensor(clip.MEAN)) / torch.tensor(clip.STD)).permute(0, 3, 1, 2)
    with torch.inference_mode():
        expected = model(
            input_ids=tokens.input_ids, attention_mask=tokens.attention_mask, pixel_values=values
        )
    ours = Clip(clip_folder)
    np.testing.assert_allclose(ours.images(images), expected.image_embeds, atol=1e-5)
    np.testing.assert_allclose(ours.texts(texts), expected.text_embeds, atol=1e-5)


def test_words_beyond_the_encoders_length_are_not_read(clip_folder):
    ours = Clip(clip_folder)
    np.testing.assert_allclose(ours.texts(["a" * 30]), ours.texts(["a" * 30 + " dog"]), atol=1e-6)


def test_dino_is_the_class_token_of_the_last_layer(dino_folder):
    from transformers import ViTModel

    model, image = ViTModel.from_pretrained(dino_folder).eval(), noise()
    values = encoder.pixels([image], 37, 32, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    with torch.inference_mode():
        token = model(pixel_values=values).last_hidden_state[0, 0]
    expected = (token / token.norm()).numpy()
    np.testing.assert_allclose(Dino(dino_folder).images([image])[0], expected, atol=1e-5)


@pytest.mark.parametrize("kind", [Clip, Dino])
def test_a_folder_without_a_model_is_named(kind, tmp_path):
    with pytest.raises(KnownError, match=r"expected config\.json"):
        kind(tmp_path)


def test_weights_that_could_hold_programs_are_not_read(dino_folder, tmp_path):
    (tmp_path / "config.json").write_bytes((dino_folder / "config.json").read_bytes())
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(KnownError, match="cannot be opened"):
        Dino(tmp_path)
