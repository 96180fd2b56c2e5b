"""The conductor: one verb per thing a user can ask of a review."""
