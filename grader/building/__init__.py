"""Building: masters become hand-outs, fixtures and autograder zips."""
