"""The `parameters` text that other programs read (the format of the AUTOMATIC1111 web interface)."""

import json

from core import methods
from core.metadata import Saved

SAMPLERS = {"ddim": "DDIM", "dpm++": "DPM++ 2M", "euler": "Euler"}


def text(saved: Saved) -> str:
    """The prompt, the negative prompt on a line of its own, then `Name: value, …` on the last line."""
    lines = [_one_line(saved.spec.prompt)]
    if saved.spec.negative_prompt:
        lines.append(f"Negative prompt: {_one_line(saved.spec.negative_prompt)}")
    lines.append(", ".join(f"{name}: {_quoted(value)}" for name, value in _fields(saved).items()))
    return "\n".join(lines)


def _fields(saved: Saved) -> dict[str, str]:
    spec, made = saved.spec, saved.made
    fields = {
        "Steps": str(spec.steps),
        "Sampler": SAMPLERS[spec.scheduler],
        "CFG scale": f"{spec.guidance:g}",
        "Seed": str(spec.seed),
        "Size": f"{spec.width}x{spec.height}",
        "Model hash": str(made.get("model_sha256", ""))[:10],
        "Model": spec.model,
        **methods.summary(spec),
        "Denoising strength": f"{spec.start.strength:g}" if spec.start else "",
        "Version": f"Likeness {made.get('likeness', '')}".strip(),
    }
    return {name: value for name, value in fields.items() if value}


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if any(c in value for c in ',:\n"') else value
