"""From files to records: reading references and finding duplicates."""
