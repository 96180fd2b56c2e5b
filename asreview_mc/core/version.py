"""The version, in one place: the distribution takes it from here, and exports and `Shown` name it."""

__version__ = "0.1.0"
