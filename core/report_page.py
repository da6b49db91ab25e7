"""The morning report as one HTML page: no script, no address of anything outside it."""

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
.best img { outline: 2px solid #78b0ff; } .bad { color: #e0a070; }
"""
FORBIDDEN = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def page(report: "Report") -> str:
    """The whole file. Whatever a user wrote is escaped."""
    parts = (_head(report), _failures(report), *(_prompt(each) for each in report.prompts), _foot(report))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{FORBIDDEN}">'
        f'<meta name="referrer" content="no-referrer"><title>Likeness: the queue\'s report</title>'
        f"<style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _head(report: "Report") -> str:
    since, until = report.since.astimezone(), report.until.astimezone()
    took = (until - since).total_seconds()
    facts = [f"{since:%d %B %Y, %H:%M} to {until:%H:%M} ({_duration(took)})"]
    if report.made and report.seconds:
        facts.append(f"{_duration(report.seconds / report.made)} a picture on average")
    if report.waiting:
        facts.append(f"{report.waiting} still waiting")
    failed = f', <span class="bad">{len(report.failures)} failed</span>' if report.failures else ""
    return f"<h1>{_many(report.made, 'picture')} made{failed}</h1><p>{escape(' · '.join(facts))}</p>"


def _failures(report: "Report") -> str:
    if not report.failures:
        return ""
    rows = "".join(
        f'<tr><td>{escape(prompt)}</td><td class="bad">{escape(reason)}</td></tr>'
        for prompt, reason in report.failures
    )
    return f"<h2>What failed, and why</h2><table>{rows}</table>"


def _prompt(prompt: "Prompt") -> str:
    best, *others = prompt.pictures
    pictures = _figure(best, "best") + "".join(_figure(each, "") for each in others)
    count = _many(len(prompt.pictures), "picture")
    title = f"<h2>{escape(prompt.text)} <small>{count}</small></h2>"
    return f'{title}<div class="pictures">{pictures}</div>'


def _figure(shown: "Shown", kind: str) -> str:
    name = escape(Path(shown.file).name)
    embedded = f'<img alt="{name}" src="data:image/jpeg;base64,{shown.jpeg}">'
    image = embedded if shown.jpeg else "its file is gone"
    return f'<figure class="{kind}">{image}<figcaption>{_caption(shown, kind)}</figcaption></figure>'


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
        f"<p><small>{more}The number beside a name says how like the references the face is. The best of a "
        "prompt has the most stars, then the likest faces. This page lies on this computer and asks nothing "
        "of the network.</small></p>"
    )


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
