"""Where student code runs. Nothing here imports `kerasnets` or a hidden test: what isn't known can't be stolen."""
