"""What references do inside cross-attention: one frame, one place that puts it on, one file a paper."""
