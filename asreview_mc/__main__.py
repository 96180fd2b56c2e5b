"""``python -m asreview_mc`` is the command ``asreview-mc``."""

from asreview_mc.cli.main import main

main()
