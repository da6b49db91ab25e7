"""What one cross-attention layer is given: the mix its method asks for."""

from dataclasses import dataclass, replace

from core.diffusion.attention import ip_adapter, photoverse
from core.diffusion.attention.attach import CrossLayer
from core.diffusion.attention.frame import Frame, Mix, TextProjection, text_only
from core.diffusion.attention.ip_adapter import (
    DecoupledAttention,
    ImageTokens,
    Projections,
    References,
    Strength,
)
from core.diffusion.attention.mip import MergedAttention, Relevance, RelevanceText, Weighting
from core.diffusion.attention.recorder import Recorded, Recorder
from core.diffusion.attention.regions import Regions
from core.diffusion.load import Adapter
from core.errors import KnownError
from core.spec import RenderSpec


@dataclass(frozen=True)
class Ingredients:
    """The same for all layers of a batch. `adapter`, `image`: the visual branch, if the method has one.
    `words`: where relevance is needed."""

    spec: RenderSpec
    adapter: Adapter | None
    strength: Strength
    subjects: int
    image: ImageTokens | None
    words: RelevanceText | None
    regions: Regions | None
    recorder: Recorder | None

    def halves(self) -> "tuple[Ingredients, Ingredients]":
        """Those of the unconditional and of the conditional rows; only the latter are recorded."""
        image = self.image.halves() if self.image else (None, None)
        words = self.words.halves() if self.words else (None, None)
        regions = self.regions.halves() if self.regions else (None, None)
        recorders = (None, self.recorder)
        unconditional, conditional = (
            replace(
                self, image=image[half], words=words[half], regions=regions[half], recorder=recorders[half]
            )
            for half in (0, 1)
        )
        return unconditional, conditional


def frame(layer: CrossLayer, given: Ingredients) -> Frame:
    """Raises KnownError when the adapter has no weights that fit this layer."""
    project = _text_projection(layer, given)
    relevance = _relevance(layer, given, project)
    weighting = _weighting(layer, given, relevance)
    mix = _mix(layer, given, weighting)
    if given.recorder is not None and relevance is not None:
        mix = Recorded(mix, relevance, weighting, given.recorder)
    return Frame(mix, project)


def _mix(layer: CrossLayer, given: Ingredients, weighting: Weighting) -> Mix:
    if given.adapter is None or given.image is None:
        return text_only
    weights = _projections(given.adapter, layer)
    factor = dict(given.spec.layers).get(layer.group, 1.0)
    if given.adapter.info.layout == "photoverse":
        factor *= given.spec.photoverse.sigma
    references = References(given.image, weights, layer.attention.heads, given.strength, factor)
    if given.subjects == 1 and weighting.even:
        return DecoupledAttention(references)
    return MergedAttention(references, weighting)


def _weighting(layer: CrossLayer, given: Ingredients, relevance: Relevance | None) -> Weighting:
    merging = given.spec.merging
    trained = merging == "relevance-trained"
    if merging == "uniform" or given.adapter is None or (given.subjects == 1 and not trained):
        return Weighting(regions=given.regions)
    key = f"ip_adapter.{layer.index}.text_to_weight.weight"
    return Weighting(merging, relevance, given.adapter.state[key] if trained else None, given.regions)


def _relevance(layer: CrossLayer, given: Ingredients, project: TextProjection | None) -> Relevance | None:
    if given.words is None:
        return None
    return Relevance(given.words, layer.attention.to_k, layer.attention.heads, project)


def _text_projection(layer: CrossLayer, given: Ingredients) -> TextProjection | None:
    if given.adapter is None or given.adapter.info.layout != "photoverse":
        return None
    settings = given.spec.photoverse
    return photoverse.text_projection(
        layer.attention, given.adapter.state, layer.index, settings.alpha, settings.gamma
    )


def _projections(adapter: Adapter, layer: CrossLayer) -> Projections:
    read = photoverse if adapter.info.layout == "photoverse" else ip_adapter
    try:
        weights = read.layer_projections(adapter.state, layer.index)
    except KeyError as error:
        raise KnownError(
            f"{adapter.info.path.name} has no weights for this model's layer {layer.index}."
        ) from error
    if weights.key.shape[0] != layer.attention.to_k.out_features:
        raise KnownError(f"{adapter.info.path.name} was made for another model: its layers have other sizes.")
    return weights
