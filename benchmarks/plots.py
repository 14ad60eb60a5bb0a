"""Draw the plots of a run: `plots.py FOLDER` reads what to draw from stdin and writes SVG files.

Runs in a virtual environment of its own, for matplotlib's sake.
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_OURS, _OTHERS, _LINE = "#0b6e99", "#b5b9bd", "#c0392b"
_BAR = 0.34
_DASHES = ("-", "--", ":", "-.")
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "coupa",
    "font.size": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def bars(plot: dict[str, Any]) -> Figure:
    """Draw horizontal bars, this library's in colour; with a `line` where the target is."""
    values: dict[str, float] = plot["bars"]
    labels = list(values)[::-1]
    figure, axes = plt.subplots(figsize=(7.2, 0.9 + _BAR * len(labels)), layout="constrained")
    colours = [_OURS if label.startswith("this library") else _OTHERS for label in labels]
    drawn = axes.barh(
        [label.replace("`", "") for label in labels], [values[label] for label in labels]
    )
    for bar, colour in zip(drawn, colours, strict=True):
        bar.set_color(colour)
    axes.bar_label(drawn, fmt=f"%.2f {plot['unit']}", padding=3)
    axes.margins(x=0.12)
    if "line" in plot:
        axes.axvline(plot["line"]["at"], color=_LINE, linewidth=1, linestyle="--")
        axes.set_xlabel(f"dashed: {plot['line']['label']}")
    axes.set_title(plot["title"], loc="left")
    return figure


def panels(plot: dict[str, Any]) -> Figure:
    """Draw lines over the number of rows, a panel for each figure."""
    figure, grid = plt.subplots(2, 2, figsize=(8.6, 6.0), layout="constrained", sharex=True)
    for axes, panel in zip(grid.flat, plot["panels"], strict=True):
        _panel(axes, panel)
    for axes in grid[1]:
        axes.set_xlabel("rows")
    handles, labels = grid.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    return figure


def _panel(axes: Axes, panel: dict[str, Any]) -> None:
    for dash, (label, points) in zip(_DASHES, panel["lines"].items(), strict=True):
        rows, figures = zip(*points, strict=True)
        axes.plot(rows, figures, dash, label=label, marker="o", markersize=3)
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_title(panel["title"], loc="left")


_KINDS = {"bars": bars, "panels": panels}


def main(folder: Path) -> None:
    """Draw every plot into its file."""
    mpl.use("svg")
    mpl.rcParams.update(_STYLE)
    folder.mkdir(parents=True, exist_ok=True)
    for plot in json.load(sys.stdin):
        figure = _KINDS[plot["kind"]](plot)
        figure.savefig(folder / plot["file"], metadata={"Date": None})
        plt.close(figure)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
