"""Wrong: by hand, "same" rounds down, and the zeros of one side are forgotten."""
# expects: q1 shapes.padding_counted_once


size_same = n // 2

size_padded = n + 2 - 7 + 1
