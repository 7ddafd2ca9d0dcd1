"""Writes in its own language: names, comments and text beyond ASCII, right-to-left letters, emoji, odd spaces, tabs."""
# from: solved
# shows: raised Ran: Größe

# %% first
größe, 学習率, имя = 3, 0.1, "Ада"  # كلمة עברית 🎓
ﬁle = "a ligature, which Python reads as fi"
text = "zero\u200bwidth\u00a0space\ufeff ‮turned"
if größe:
	print(text, 学習率)

# %% last
say(f"Größe {größe} {имя} 🎓")
