"""Nothing leaves this computer: what the heavy libraries are told before they are imported."""

import os

OFFLINE = {
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
}
"""onnxruntime, huggingface_hub and transformers read these once, at their import."""


def stay_offline() -> None:
    os.environ.update(OFFLINE)
