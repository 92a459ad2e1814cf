"""Forms of the demo district."""

from governance.demo.forms.collections import make

__all__ = ["make"]
