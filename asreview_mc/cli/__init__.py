"""The command line. Parses, asks the project, prints; no sums, no SQL."""
