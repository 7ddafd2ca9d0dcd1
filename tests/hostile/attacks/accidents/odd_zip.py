"""Hands in a zip as Finder and browsers make it: the notebook renamed and in a folder, with umlauts, __MACOSX, checkpoints,
thumbnails, the support files and a PDF."""
# from: solved
# stopped by: intake
# shows: set aside.*Lösung|raised Ran: renamed

# %% upload
name = "Übung 3 – Lösung (final) 2/Ada's Notizbuch 笔记 🎓 (1).ipynb"
files[name] = files.pop(notebook)
if "my_lenet.weights.h5" in files:
    files["Übung 3 – Lösung (final) 2/my_lenet.weights.h5"] = files.pop("my_lenet.weights.h5")
for clutter in ("__MACOSX/Übung/._a.ipynb", "Übung/.ipynb_checkpoints/a-checkpoint.ipynb", "Übung/.DS_Store"):
    files[clutter] = b"\x00\x05\x16\x07"
for beside in ("cnnchecks.py", "Thumbs.db", "desktop.ini", "Lösung.pdf", "data.npz", ".OTTER_LOG", ".otter"):
    files[f"Übung 3 – Lösung (final) 2/{beside}"] = b"from elsewhere"

# %% last
say("renamed")
