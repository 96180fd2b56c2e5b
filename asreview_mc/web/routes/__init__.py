"""The pages, one module each; every route asks who is asking."""
