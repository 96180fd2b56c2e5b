"""The demonstration review and the script that plays it."""
