"""The morning report as one HTML page: no script, no address of anything outside it."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.report import Prompt, Report, Shown

STYLE = """
body { background: #1e1e1f; color: #e8e8ea; font: 15px/1.5 system-ui, sans-serif; margin: 40px auto;
       max-width: 1100px; padding: 0 24px; }
h1 { font-size: 24px; margin: 0; } h2 { font-size: 17px; margin: 36px 0 10px; }
p, small, figcaption { color: #a9a9ae; } table { border-collapse: collapse; width: 100%; }
td { border-top: 1px solid #3a3a3d; padding: 6px 12px 6px 0; vertical-align: top; }
.pictures { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-end; }
figure { margin: 0; } figcaption { font-size: 12px; } img { display: block; border-radius: 4px; }
.best img { outline: 2px solid #78b0ff; } .bad { color: #e0a070; } .seeds { color: #a9a9ae; }
.facts { margin-top: 4px; } .prompt { break-inside: avoid; }
"""
MOST_SEEDS = 8
FORBIDDEN = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def page(report: "Report") -> str:
    """The whole file. Whatever a user wrote is escaped."""
    parts = (_head(report), _failures(report), *(_prompt(each) for each in report.prompts), _foot(report))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{FORBIDDEN}">'
        f'<meta name="viewport" content="width=device-width">'
        f'<meta name="referrer" content="no-referrer"><title>Likeness: the queue\'s report</title>'
        f"<style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _head(report: "Report") -> str:
    facts = [_when(report)]
    if report.made and report.seconds:
        facts.append(f"{_duration(report.seconds / report.made)} a picture on average")
    if report.waiting:
        facts.append(f"{report.waiting} still waiting")
    if report.cancelled:
        facts.append(f"{report.cancelled} cancelled")
    count = sum(len(each.seeds) for each in report.failures)
    failed = f', <span class="bad">{count} failed</span>' if count else ""
    told = escape(" · ".join(facts))
    return f'<h1>{_many(report.made, "picture")} made{failed}</h1><p class="facts">{told}</p>'


def _when(report: "Report") -> str:
    since, until = report.since.astimezone(), report.until.astimezone()
    day = "" if until.date() == since.date() else f"{until.day} {until:%B}, "
    took = _duration((until - since).total_seconds())
    return f"{since.day} {since:%B %Y, %H:%M} to {day}{until:%H:%M} ({took})"


def _failures(report: "Report") -> str:
    if not report.failures:
        return ""
    rows = "".join(
        f'<tr><td>{escape(each.text)}</td><td class="bad">{escape(each.reason)}</td>'
        f'<td class="seeds">{escape(_seeds(each.seeds))}</td></tr>'
        for each in report.failures
    )
    mend = "<p>“Retry” on the Queue page tries them again, or: likeness queue retry --all</p>"
    return f"<h2>What failed, and why</h2><table>{rows}</table>{mend}"


def _seeds(seeds: Sequence[int]) -> str:
    named = ", ".join(map(str, seeds[:MOST_SEEDS]))
    if len(seeds) == 1:
        return f"seed {named}"
    return f"{len(seeds)} pictures, seeds {named}{' …' if len(seeds) > MOST_SEEDS else ''}"


def _prompt(prompt: "Prompt") -> str:
    first, *others = prompt.pictures
    # Without stars and faces nothing says which is the best.
    best = "best" if others and first.judged else ""
    pictures = _figure(first, best) + "".join(_figure(each, "") for each in others)
    count = _many(len(prompt.pictures), "picture")
    title = f"<h2>{escape(prompt.text)} <small>{count}</small></h2>"
    return f'<section class="prompt">{title}<div class="pictures">{pictures}</div></section>'


def _figure(shown: "Shown", kind: str) -> str:
    name = escape(Path(shown.file).name)
    embedded = f'<img alt="{name}" src="data:image/jpeg;base64,{shown.jpeg}">'
    image = embedded if shown.jpeg else "its file is gone"
    caption = f"<figcaption>{_caption(shown, kind)}</figcaption>"
    return f'<figure class="{kind}" title="{name}">{image}{caption}</figure>'


def _caption(shown: "Shown", kind: str) -> str:
    parts = ["best"] if kind else []
    for name, each in shown.likeness.items():
        parts.append(f"{name} {'no face' if each is None else f'{each:.2f}'}")
    parts += ["★" * shown.rating] if shown.rating else []
    parts.append(f"seed {shown.seed}")
    parts += [_duration(shown.seconds)] if shown.seconds else []
    return "<br>".join(map(escape, parts))


def _foot(report: "Report") -> str:
    more = f"{_many(report.left_out, 'older picture')} not shown. " if report.left_out else ""
    return (
        f"<p><small>{more}{_legend(report)}This page lies on this computer and asks nothing "
        "of the network.</small></p>"
    )


def _legend(report: "Report") -> str:
    """Only where there is a number, or a best."""
    shown = [each for prompt in report.prompts for each in prompt.pictures]
    likeness = "The number beside a name says how like the references the face is. "
    best = "The best of a prompt has the most stars, then the likest faces. "
    return (likeness if any(each.likeness for each in shown) else "") + (
        best if any(each.judged for each in shown) else ""
    )


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
