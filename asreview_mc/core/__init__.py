"""The words everything else is said in: errors, records, events, the protocol. Imports nothing of ours."""
