"""Uses files that lie on the student's own disk: pictures, modules, notes, another notebook."""
# from: solved
# shows: left out \((FileNotFoundError|ModuleNotFoundError)

# %% first
image = plt_image = open("C:\\Users\\Ada\\Desktop\\cat.jpg", "rb").read()

# %% first
import my_helpers

# %% first
%run helpers.ipynb

# %% first
%cd ~/Documents/course

# %% last
plt.imread("/content/drive/MyDrive/a3/photo.png")

# %% last
from google.colab import drive

drive.mount("/content/drive")
