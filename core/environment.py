"""What the heavy libraries are told before they are imported: they read it once."""

import os

ENVIRONMENT = {
    # Nothing leaves this computer: onnxruntime, huggingface_hub and transformers.
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "TRANSFORMERS_OFFLINE": "1",
    # What other programs agreed on: libraries that come later may listen to it.
    "DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    # PyTorch's threads wait asleep. Waiting awake, they fight any other program for the cores: with one of
    # two cores busy a step of the embedded model took 6.6 s instead of 0.44 s, and idle it gains nothing.
    "OMP_WAIT_POLICY": "PASSIVE",
}


def set_environment() -> None:
    os.environ.update(ENVIRONMENT)
