"""The page: everything a team does in a review, in the browser, served from this machine alone."""
