"""A network that students' networks are compared with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Network:
    """How the reference is built, which assignment asks for it, and whether its outputs are compared too, or only its layers."""

    build: Callable[[], Any]
    assignment: str = ""
    run: bool = True
