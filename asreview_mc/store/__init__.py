"""The review's database: migrations and the append-only event log."""
