"""Wrong: takes the slides at their word."""
# expects: q13 slips.average_of_ones


statement_a = 10**10

statement_c = 5_000_000

statement_d = 25 * 10**12

statement_e = int(given["term_slip_height"] * given["term_slip_width"])

statement_f = 1.0

statement_g = 49

statement_i = 88

statement_j = 10

statement_k = (110, 113, 114, 111)
