"""Layers of a Vega-Lite chart at places in units of its view box. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from aggregation.figures.palette import INK, Fill

Spec = dict[str, Any]
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
FONT = "BIZ UDPGothic"
FAMILY = "BIZ UDPGothic, 'BIZ UDPゴシック', 'Yu Gothic UI', Meiryo, sans-serif"
WIDTH = 470  # of every chart, so that text is as large in one as in another
SIZE = 15  # of text, as drawn
ROOM = 18  # of text, as reckoned: on narrow pages the style sheet enlarges it up to this
LEADING = 21


class Label(NamedTuple):
    """One line of text in the middle of the height `y`."""

    x: float
    y: float
    text: str


def chart(height: float, layers: Sequence[Spec]) -> Spec:
    """A chart without axes and legend of Vega's own: what is to be seen is in its layers."""
    return {
        "$schema": SCHEMA,
        "width": WIDTH,
        "height": round(height),
        "padding": 0,
        "autosize": "none",
        "background": None,
        "config": {"aria": False, "font": FONT, "view": {"stroke": None}},
        "layer": [layer for layer in layers if layer["data"]["values"]],
    }


def layer(values: Iterable[Mapping[str, Any]], mark: Spec, **encoding: Any) -> Spec:
    return {"data": {"values": list(values)}, "mark": mark, "encoding": encoding}


def at(field: str) -> Spec:
    """A place in units of the view box."""
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def scaled(field: str, top: float, room: tuple[float, float]) -> Spec:
    """A number as a length: 0 to `top` over the room."""
    scale = {"domain": [0, top], "range": list(room), "nice": False, "zero": True}
    return {"field": field, "type": "quantitative", "scale": scale, "axis": None}


def filled(field: str, fills: Mapping[str, Fill]) -> Spec:
    """Categories by code in their fills."""
    scale = {"domain": list(fills), "range": [fill.paint for fill in fills.values()]}
    return {"field": field, "type": "nominal", "scale": scale, "legend": None}


def texts(labels: Iterable[Label], align: str = "left", bold: bool = False, colour: str = INK, **more: Any) -> Spec:
    mark = {"type": "text", "align": align, "baseline": "middle", "fontSize": SIZE, "fill": colour, **more}
    if bold:
        mark["fontWeight"] = "bold"
    return layer((label._asdict() for label in labels), mark, x=at("x"), y=at("y"), text={"field": "text"})


def lines(paths: Iterable[Sequence[tuple[float, float]]], colour: str, **more: Any) -> Spec:
    """Lines through places."""
    values = [
        {"path": path, "step": step, "x": round(x, 1), "y": round(y, 1)}
        for path, places in enumerate(paths)
        for step, (x, y) in enumerate(places)
    ]
    mark = {"type": "line", "stroke": colour, "strokeWidth": 1, **more}
    order = {"field": "step", "type": "quantitative"}
    return layer(values, mark, x=at("x"), y=at("y"), detail={"field": "path", "type": "nominal"}, order=order)


def boxes(values: Iterable[tuple[float, float, float, float]], **mark: Any) -> Spec:
    """Rectangles: left, top, right, bottom."""
    data = [dict(zip(("x", "y", "x2", "y2"), box, strict=True)) for box in values]
    return layer(data, {"type": "rect", **mark}, x=at("x"), y=at("y"), x2={"field": "x2"}, y2={"field": "y2"})


def spread(ideal: Sequence[float], heights: Sequence[float], low: float, high: float, gap: float) -> list[float]:
    """Middles of blocks as near to the ideal ones as their heights and the gap between them allow, in their order and
    between low and high; there must be room for all."""
    places: list[float] = []
    edge = low
    for middle, height in zip(ideal, heights, strict=True):
        places.append(max(middle, edge + height / 2))
        edge = places[-1] + height / 2 + gap
    edge = high
    for place in range(len(places) - 1, -1, -1):
        places[place] = min(places[place], edge - heights[place] / 2)
        edge = places[place] - heights[place] / 2 - gap
    return places
