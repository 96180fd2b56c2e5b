"""Pure folds of the log: what stands, who may see what, how far the raters agree. Knows no model."""
