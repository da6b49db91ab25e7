"""Amounts as people say them."""


def duration(seconds: float) -> str:
    """42 s, 5 min, 2 h 10 min."""
    if seconds < 0.95:
        return "1 s"
    if seconds < 90:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def size(count: float) -> str:
    """810 kB, 1.5 MB, 12 GB."""
    for unit, step in (("GB", 1e9), ("MB", 1e6)):
        if count >= step:
            value = count / step
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return f"{max(1, round(count / 1e3))} kB"


def many(count: int, word: str) -> str:
    """1 picture, 12 pictures."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
