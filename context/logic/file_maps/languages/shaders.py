"""GLSL and HLSL, which are written like C."""

from __future__ import annotations

from .c import RULES, family

LANGUAGES = (
    family("glsl", (".glsl", ".vert", ".frag", ".geom", ".comp", ".tesc", ".tese"), RULES),
    family("hlsl", (".hlsl", ".hlsli", ".fx"), RULES),
)
