"""MIP-Adapter (arXiv 2409.17920 §3.2-3.3): all of a picture's subjects at once, each where its words say it
is. Begins with an IP-Adapter file of the model and leaves one with f besides.

Which gradient f = sigmoid(Linear(Z_text)) / mean should get: A_i has no weights of its own, its keys are the
frozen text's, so all that can be learned of w_i = f ⊙ A_i / ΣA is f, one row a layer. Through the denoising
loss, f would be raised wherever the references happen to lower the error most, which is a few sharp places,
and every shift of it would shake W'_k and W'_v, which are learned meanwhile. So w_i reaches the image branch
detached, and f learns from the localisation loss alone: at each position f is pushed up as far as A_i / ΣA
gives that position to the subject that is there, and down where it gives it to another, or where nobody is.
That loss sees Q and Z_text detached too: it must not bend the image branch of earlier layers so that later
ones find their subjects more easily. `detached = false` lets both losses reach everything, as the paper's
single loss does.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

import torch
from msgspec import Meta
from torch import Tensor, nn

from core.diffusion.attention.attach import CrossLayer, cross_layers
from core.diffusion.attention.frame import Mix
from core.diffusion.attention.ip_adapter import References
from core.diffusion.attention.mip import MergedAttention, Relevance
from core.diffusion.conditions import relevance_text
from core.methods import Layout
from core.spec import RelevanceText
from core.training.batch import Batch
from core.training.parts import relevance
from core.training.parts.adapters import ImageAdapter, begun_from
from core.training.parts.reference_stage import Acting, Conditioned, ReferenceOptions, ReferenceStage
from core.training.parts.relevance import Located, Nouns
from core.training.stage import Given

Plain = Literal["ip-adapter-plus", "ip-adapter"]
LEAVES: Mapping[Plain, Layout] = {"ip-adapter-plus": "mip-adapter-plus", "ip-adapter": "mip-adapter"}


class MipOptions(ReferenceOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`start`: the file to begin with, of layout `of`; when empty the one that is called so, else the first.
    `merging`: how w acts on the image branch while it learns: f ⊙ A_i / ΣA, A_i / ΣA (the paper's code) or
    A_i / mean(A_i) (the paper). `words`: whose text stands for a subject, its class noun encoded alone (the
    paper's) or its own words inside the caption. `detached`, `localisation` (its factor): see this file's
    beginning."""

    of: Plain = "ip-adapter-plus"
    start: str = ""
    merging: Literal["relevance-trained", "relevance-across", "relevance-mean"] = "relevance-trained"
    words: RelevanceText = "class"
    detached: bool = True
    localisation: Annotated[float, Meta(ge=0)] = 0.01

    def __post_init__(self) -> None:
        super().__post_init__()
        f_acts = not self.detached and self.merging == "relevance-trained"
        if self.localisation == 0 and not f_acts:
            raise ValueError("with localisation at 0, nothing would teach f: it needs detached = false too")


class MipStage(ReferenceStage):
    """`rows`: f's row (1, C) of each layer; of zeros it gives f = 1 everywhere."""

    Options = MipOptions
    papers = ("2409.17920", "2308.06721")

    def __init__(self, given: Given) -> None:
        super().__init__(given)
        self.layout = LEAVES[self.options.of]
        self.nouns = Nouns(self.loaded)
        self.rows = nn.ParameterDict(
            {
                str(layer.index): torch.zeros(1, layer.attention.to_q.out_features, device=given.device)
                for layer in cross_layers(self.unet)
            }
        )

    def begin(self) -> ImageAdapter:
        of, model = self.options.of, self.loaded.info
        called_so = of if any(file.name == of for file in model.adapters) else ""
        file = model.adapter(of, self.options.start or called_so)
        adapter = begun_from(self.loaded.adapter(file), of, self.unet)
        self.loaded.drop("adapters")
        return adapter

    def shown(self, batch: Batch, drawn: bool) -> Batch:
        return batch

    def act(self, given: Conditioned) -> Acting:
        """f learns from the subjects that the text speaks of."""
        batch, without = given.batch, given.dropped.text
        own = self.nouns.by_class(batch) if self.options.words == "class" else self.nouns.in_prompt(batch)
        text = relevance_text(self.nouns.acting(own, batch, without))
        alone, seen = batch.present.sum(1) == 1, list[Tensor]()

        def mix(layer: CrossLayer, references: References) -> Mix:
            known = Relevance(text, layer.attention.to_k, layer.attention.heads)
            row = self.rows[str(layer.index)]
            weighting = Located(
                self.options.merging, known, row, detached=self.options.detached, alone=alone, seen=seen
            )
            return MergedAttention(references, weighting)

        def beside(height: int, width: int) -> Mapping[str, tuple[float, Tensor]]:
            counts = batch.present & ~without[:, None]
            found = relevance.loss(seen, batch.masks, counts, height, width)
            return {"localisation": (self.options.localisation, found)}

        return Acting(mix, beside)

    def tensors(self) -> dict[str, Tensor]:
        rows = {f"ip_adapter.{index}.text_to_weight.weight": row for index, row in self.rows.items()}
        return self.adapter.tensors() | rows
