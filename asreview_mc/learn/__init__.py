"""Arrays in, arrays out: encoders, features, rankers, order, sub-topics. Knows no reviewer and no record."""
