"""What a worker may read and import: made of lists, from what pip wrote down of each package."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox import closing, packages, places
from grader.sandbox.packages import NEVER, REQUIREMENTS, Folder, allowed, folders, installed
from tests.conftest import ROOT

NEVER_READ = (
    "/usr", "/usr/lib/python3/dist-packages/numpy", "/usr/local/lib/python3.11/dist-packages", "/opt/conda/pkgs",
    "/usr/share/datasets/fashion-mnist", "/root/.keras/datasets", "/home/ada/.local/lib/python3.11/site-packages",
    "/usr/lib/x86_64-linux-gnu/libopencv_imgproc.so.406", "/usr/bin/python3", "/etc/shadow", "/proc/1/cmdline",
    "/var/lib", "/srv", "/tmp", "/home", str(ROOT),
)  # fmt: skip


def write_package(folder, name, requires=(), files=(), record=True):
    """A package as pip leaves it."""
    info = folder / f"{name}-1.dist-info"
    info.mkdir(parents=True)
    head = [f"Name: {name}", "Version: 1", *(f"Requires-Dist: {line}" for line in requires)]
    (info / "METADATA").write_text("\n".join([*head, "", "Requires-Dist: torch"]))
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text("")
    if record:
        listed = [*files, f"{info.name}/METADATA", f"{info.name}/RECORD", "../../bin/tool"]
        (info / "RECORD").write_text("".join(f"{file},sha256=x,1\n" for file in listed))
    else:
        (info / "top_level.txt").write_text(name)


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder of packages, alone on the path beside the standard library."""
    site = tmp_path / "site-packages"
    write_package(
        site,
        "numpy",
        ["helper[fast]>=1; python_version > '3'", "torch; extra == 'gpu'"],
        ["numpy/__init__.py"],
    )
    write_package(
        site,
        "helper",
        ["quick; extra == 'fast'", "slow; extra == 'slow'"],
        ["helper.py", "shared/helper/a.py"],
    )
    write_package(
        site, "quick", ["mlxtend", "odd; sys_platform == 'none'"], ["quick/__init__.py", "quick.libs/libq.so"]
    )
    write_package(site, "matplotlib", [], ["matplotlib/__init__.py"], record=False)
    for name in ("torch", "slow", "odd", "mlxtend"):
        write_package(site, name, [], [f"{name}/__init__.py", f"shared/{name}/b.py"])
    (site / "left_by_hand").mkdir()
    (site / "left_by_hand" / "__init__.py").write_text("")
    monkeypatch.setattr(
        sys,
        "path",
        [str(site), *(path for path in sys.path if "python3" in path and "-packages" not in path)],
    )
    return site


def test_the_list_follows_what_each_package_requires_here_and_stops_at_our_data(site):
    assert allowed("numpy", installed()) == {"numpy", "helper", "quick", "matplotlib"}


def test_a_folder_that_packages_share_is_open_only_where_it_is_a_listed_ones(site):
    (folder,) = [folder for folder in folders("numpy") if folder.path == str(site)]
    assert {"numpy", "helper.py", "shared/helper", "quick", "quick.libs", "matplotlib"} <= set(folder.parts)
    assert not {"shared", "torch", "mlxtend", "left_by_hand", "tool"} & {*folder.parts, *folder.names} - {
        "shared"
    }
    assert "shared" not in folder.parts


def test_without_the_list_everything_that_is_installed_is_open(site, monkeypatch):
    monkeypatch.setattr(packages, "allowed", lambda backend, found: {package.name for package in found})
    (folder,) = [folder for folder in folders("numpy") if folder.path == str(site)]
    assert {"torch", "mlxtend", "shared"} <= set(folder.parts)


def test_modes_close_what_is_not_listed_and_leave_what_is(site):
    assert closing.close("numpy", others=False) > 4
    closed = {path.name for path in site.iterdir() if not stat.S_IMODE(path.stat().st_mode) & 0o077}
    assert {"torch", "slow", "odd", "mlxtend", "left_by_hand"} <= closed
    assert not {"numpy", "helper.py", "quick", "quick.libs", "matplotlib", "shared"} & closed
    assert not stat.S_IMODE((site / "shared" / "torch").stat().st_mode) & 0o077


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: else a worker is the same user")
def test_what_is_open_to_every_user_is_within_reach_and_what_is_closed_is_not(site, monkeypatch):
    monkeypatch.setattr(closing, "_OF_OTHERS", ())
    for folder in (site, *list(site.parents)[:-2]):
        folder.chmod(0o755)
    closing.within_reach.cache_clear()
    assert {Path(path).name for path in closing.within_reach("numpy")} >= {"torch", "mlxtend", "left_by_hand"}
    closing.close("numpy", others=False)
    closing.within_reach.cache_clear()
    assert closing.within_reach("numpy") == ()
    closing.within_reach.cache_clear()


@pytest.mark.skipif(sys.platform != "linux", reason="the places are Linux's")
@pytest.mark.parametrize("backend", ["numpy", "keras"])
def test_no_place_that_may_be_read_holds_other_packages_data_sets_or_homes(backend):
    readable, listed = places.readable(folders(backend))
    for path in NEVER_READ:
        assert [place for place in readable if f"{path}/".startswith(f"{place}/")] == []
    data = Path(packages.__file__).resolve().parents[2]
    assert not [place for place in readable if f"{data}/grader".startswith(f"{place}/")]
    assert not [
        place for place in readable if Path(place).name in ("mlxtend", "skimage", "pureml", "zarr", "sklearn")
    ]
    assert any(place.endswith("/numpy") for place in readable)
    assert any(place.endswith("-packages") for place in listed)
    assert any(place.endswith("/keras") for place in readable) is (backend == "keras")


def test_the_list_is_what_the_hand_outs_requirements_name():
    for id, backend in (("a3_numpy_convnet", "numpy"), ("a4_lenet", "keras")):
        written = (ROOT / "assignments" / id / "requirements.txt").read_text()
        assert written.splitlines() == list(REQUIREMENTS[backend])
    named = allowed("keras", installed())
    assert {"keras", "numpy", "matplotlib", "ipython"} <= named
    assert not named & NEVER
    assert not {"keras", "scipy", "pandas", "otter-grader"} & allowed("numpy", installed())


def test_a_library_that_is_not_listed_is_not_even_found():
    code = (
        "import importlib.util as u\nfrom grader.sandbox import packages\n"
        "packages.find_only(packages.folders('numpy'))\n"
        "print([name for name in ('scipy', 'keras', 'kerasnets', 'pytest', 'numpy', 'sqlite3') if u.find_spec(name)])"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['numpy', 'sqlite3']"


def test_a_name_on_one_folders_list_is_not_open_in_another(tmp_path, monkeypatch):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a_module.py").write_text(f"where = {name!r}")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "one"), str(tmp_path / "two")])
    listed = packages.Listed([
        Folder(str(tmp_path / "one"), frozenset(), ()),
        Folder(str(tmp_path / "two"), frozenset({"a_module"}), ("a_module.py",)),
    ])  # fmt: skip
    assert listed.find_spec("a_module").origin == str(tmp_path / "two" / "a_module.py")
    assert listed.find_spec("another") is None
