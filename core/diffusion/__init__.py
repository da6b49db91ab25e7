"""The pipeline: spec → plan → encode → denoise → decode. Runs in the engine's process; never reads the
library."""
