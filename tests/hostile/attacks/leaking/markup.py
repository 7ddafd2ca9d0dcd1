"""Puts markup, scripts, marks that turn the direction of text, terminal codes and backticks into exceptions, names of
files and words of its notebook, to be run in the browser of whoever opens the page."""
# shows: raised Ran: .*<leak

# %% upload
files["<leak onload=alert(1)>.txt"] = b"beside the notebook"
files["<leak>'\"&.py"] = b"print(1)"
files["\u202e`<leak>`.md"] = b"turned"

# %% first
say("<leak src=x onerror=alert(1)> </pre></p></script><script>alert(1)</script> {{ 7 * 7 }} {% raw %}")

# %% first
say("`<leak>` `</code><leak>` \u202e\u2066\u200f \x1b[31m\x1b]8;;https://evil.example\x07 javascript:alert(1) <leak>")

# %% before checks
def markup(*args, **kwargs):
    if len(args) % 2:
        return type("<leak src=x onerror=alert(1)>", (), {})()
    raise type("<leak onload='alert(1)'>", (Exception,), {})("<leak>")  # `</code><leak>`


for name in NAMES:
    globals()[name] = markup
