"""Replays of labelled reviews with the rankers of the live product, and the metrics over them."""
