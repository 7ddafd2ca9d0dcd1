"""Looks for a library that has convolutions, in every way that Python knows, and answers with it where it finds one."""
# only: numpy
# stopped by: landlock
# shows: raised Ran: (\w*(Error|Expired) ?)+ \(cell

# %% first
import builtins
import ctypes
import glob
import importlib
import importlib.machinery
import importlib.util
import os
import shutil
import subprocess
import sys

import numpy as np

LIBRARIES = ("scipy", "keras", "tensorflow", "torch", "pureml")
found = {}


def beside_numpy():
    packages = os.path.dirname(os.path.dirname(np.__file__))
    return [packages, *sys.path, *glob.glob("/usr/lib/python3*/dist-packages"), *glob.glob("/opt/*/lib/python3*/*-packages")]


def by_another_name(name):
    guarded = builtins.__import__
    cells = [cell.cell_contents for cell in guarded.__closure__ or ()]
    original = next((content for content in cells if callable(content)), guarded)
    return original(name)


def by_its_file(name):
    for folder in beside_numpy():
        path = os.path.join(folder, name, "__init__.py")
        if os.path.exists(path):
            spec = importlib.util.spec_from_file_location(name, path)
            module = importlib.util.module_from_spec(spec)
            sys.modules[name] = module
            spec.loader.exec_module(module)
            return module
    raise ModuleNotFoundError(name)


def by_a_copy(name):
    for folder in beside_numpy():
        if os.path.isdir(os.path.join(folder, name)):
            shutil.copytree(os.path.join(folder, name), f"my_{name}", dirs_exist_ok=True)
            return importlib.import_module(f"my_{name}")
    raise ModuleNotFoundError(name)


def by_its_library(name):
    paths = [path for folder in beside_numpy() for path in glob.glob(f"{folder}/{name}/*.so*")]
    return ctypes.CDLL(next(iter(paths), f"lib{name}.so"))


def by_another_python(name):
    code = f"import {name}; print({name}.__file__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20)
    if done.returncode:
        raise ImportError(done.stderr)
    return done.stdout


WAYS = (
    importlib.import_module,
    by_another_name,
    lambda name: importlib.machinery.PathFinder.find_spec(name, beside_numpy()).loader.load_module(name),
    by_its_file,
    by_a_copy,
    by_its_library,
    by_another_python,
)
came = []

# %% first
def convolved(x, w, b, strides=(1, 1), padding="valid", dilation_rate=(1, 1)):
    keras = found.get("keras") or found["tensorflow"].keras
    return np.asarray(keras.ops.conv(x, w, strides, padding, dilation_rate=dilation_rate)) + b


# %% after conv2d_forward
conv2d_forward = convolved

# %% before checks
for way in WAYS[int(QUESTION[1:]) - 1 : int(QUESTION[1:])]:  # one in each cell: a cell has little time
    for library in LIBRARIES:
        try:
            found[library] = way(library)
            came.append(f"got {library}")
        except BaseException as error:
            came.append(type(error).__name__)
        finally:
            sys.modules.pop(library, None)

# %% last
say(" ".join(dict.fromkeys(came)))
