"""The harness that plays Gradescope, on a zip that stands in for ours: its run_autograder runs what is handed in.

Each test of a run is made twice: in a scratch folder, quickly, and in a clean Debian where root can make one.
"""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from grader.gradescope import debian, harness, meter
from grader.gradescope.harness import BuildFailed, Limits
from grader.gradescope.meter import MEASURED
from grader.gradescope.releases import USUAL
from grader.grading.autograder import AutograderError

SETUP = """\
set -eu
echo "building in $PWD"
command -v python3 >/dev/null || { apt-get update -qq && apt-get install -qq -y --no-install-recommends python3 python3-venv; }
env > "${KERASNETS_AUTOGRADER:-/autograder}/environment.txt"
python3 -m venv --without-pip "${KERASNETS_PREFIX:-/opt/kerasnets}"
"""
RUN = """\
#!/bin/bash
set -eu
echo "grading"
echo '{"score": 0, "output": "interrupted"}' > results/results.json
"${KERASNETS_PREFIX:-/opt/kerasnets}/bin/python" submission/act.py
"""
GIVEN = """\
import json, os, subprocess, sys, time
def report(**entries):
    with open("results/new.json", "w") as file:
        json.dump({"score": 3, **entries}, file)
    os.rename("results/new.json", "results/results.json")
"""
WAYS = [
    pytest.param("venv", id="venv"),
    pytest.param("clean", id="clean", marks=pytest.mark.slow),
]
measured = pytest.mark.skipif(not MEASURED, reason="only root sees the memory of all processes, on Linux")
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs a cgroup")


def zip_of(path, **files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def stand_in(path, setup=SETUP, run=RUN):
    return zip_of(path, **{"setup.sh": setup, "run_autograder": run})


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """Where the clean Debian is made, once."""
    cache = tmp_path_factory.mktemp("cache")
    if why := debian.why_not_clean(cache):
        pytest.skip(f"no clean Debian here: {why}")
    return cache


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A home with a secret in it, and an environment with another."""
    home = tmp_path_factory.mktemp("home")
    (home / "secret-2f9c41d7").write_text("of the caller")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("SECRET", "of-the-environment-2f9c41d7")
        yield home


@pytest.fixture(scope="module")
def images(request, tmp_path_factory, elsewhere):
    """{way: the stand-in, built}, each when it is first asked for."""
    zipped, made = stand_in(tmp_path_factory.mktemp("zip") / "stand-in.zip"), {}

    def image(way):
        if way not in made:
            cache = request.getfixturevalue("cache") if way == "clean" else None
            building = harness.build(zipped, cache, venv=way == "venv", with_settings=way == "clean")
            made[way] = building, building.__enter__()
        return made[way][1]

    yield image
    for building, _ in made.values():
        building.__exit__(None, None, None)


@pytest.fixture(params=WAYS)
def built(request, images):
    return images(request.param)


@pytest.fixture
def act(tmp_path):
    """A submission that does what it is told."""

    def act(code):
        path = tmp_path / "act.py"
        path.write_text(GIVEN + code)
        return path

    return act


# ------------------------------------------------------------------------------------------------ what is laid out


def test_a_submission_finds_what_gradescope_lays_out_and_nothing_of_the_caller(built, act):
    tell = """report(extra_data={
        "here": sorted(os.listdir()), "in": os.listdir("submission"),
        "known": json.load(open("submission_metadata.json")),
        "now": dict(os.environ), "building": open("environment.txt").read(),
    })"""
    run = built.run(act(tell), {"id": 41})
    assert (run.problems, run.ended, run.score, run.stdout) == ((), "", 3, "grading\n")
    assert "building in" in built.said
    assert 0 < built.seconds < 60
    assert built.megabytes > 0
    told = run.results["extra_data"]
    laid_out = "environment.txt results run_autograder source submission submission_metadata.json"
    assert (told["here"], told["in"]) == (laid_out.split(), ["act.py"])
    known = told["known"]  # that of a submission in time, but for what is said
    assert (known["id"], known["created_at"] < known["assignment"]["due_date"]) == (41, True)
    usual = {"PATH", "HOME", "LANG", "DEBIAN_FRONTEND", "PWD", "OLDPWD", "SHLVL", "_"}
    ours = {"KERASNETS_PREFIX", "KERASNETS_AUTOGRADER", "PIP_CONFIG_FILE"}  # without a clean Debian
    assert set(told["now"]) - usual <= ours
    assert "2f9c41d7" not in json.dumps(told)
    assert os.getcwd() not in json.dumps(told)


def test_a_zip_is_unpacked_and_a_folder_is_copied(built, act, tmp_path):
    code = "report(extra_data={'in': sorted(os.listdir('submission'))})"
    zipped = zip_of(tmp_path / "work.zip", **{"act.py": GIVEN + code, "weights.npz": "0"})
    folder = act(code).parent / "handed-in"
    folder.mkdir()
    act(code).rename(folder / "act.py")
    assert built.run(zipped).results["extra_data"] == {"in": ["act.py", "weights.npz"]}
    assert built.run(folder).results["extra_data"] == {"in": ["act.py"]}


def test_a_zip_that_cannot_be_unpacked_is_left_as_it_is_and_a_bomb_refused(tmp_path, monkeypatch):
    whole = zip_of(tmp_path / "whole.zip", **{"act.py": GIVEN})
    broken = tmp_path / "work.zip"
    broken.write_bytes(whole.read_bytes().replace(b"import", b"export"))
    (tmp_path / "in").mkdir()
    harness.lay_submission(broken, tmp_path / "in")
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["work.zip"]
    monkeypatch.setattr(harness, "MAX_UNPACKED", len(GIVEN) - 1)
    with pytest.raises(AutograderError, match="holds more than"):
        harness.lay_submission(whole, tmp_path / "in")


def test_each_submission_has_a_container_of_its_own(built, act):
    leaves = act("open('left', 'w').close(); open('source/left', 'w').close(); report()")
    looks = "report(extra_data={'left': [p for p in ('left', 'source/left') if os.path.exists(p)]})"
    assert built.run(leaves).score == 3
    assert built.run(act(looks)).results["extra_data"] == {"left": []}


@pytest.mark.slow
def test_nothing_of_this_machine_is_in_a_clean_debian(images, act, elsewhere):
    built = images("clean")
    look = """
names = [os.path.join(at, name) for at, folders, files in os.walk("/") for name in files if not at.startswith(("/proc", "/sys"))]
mounts = [line.split()[1] for line in open("/proc/mounts")]
report(extra_data={"names": [n for n in names if "2f9c41d7" in n or "as-here" in n], "mounts": mounts,
                   "processes": [p for p in os.listdir("/proc") if p.isdigit()],
                   "memory": open("/sys/fs/cgroup/memory.max").read(),
                   "network": [line.split(":")[0].strip() for line in open("/proc/net/dev").readlines()[2:]]})"""
    seen = built.run(act(look)).results["extra_data"]
    assert seen["names"] == []
    devices = [f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom", "pts", "shm")]
    assert seen["mounts"] == ["/", "/proc", "/proc/sys", "/sys", "/sys/fs/cgroup", "/dev", *devices]
    assert len(seen["processes"]) <= 4
    assert seen["network"] == ["lo"]
    assert int(seen["memory"]) == 768 * 2**20


# ------------------------------------------------------------------------------------------------- time and memory


def test_past_its_time_all_is_killed_and_what_stands_counts(built, act):
    sleeps = act("subprocess.Popen(['sleep', '98761']); time.sleep(98761)")
    run = built.run(sleeps, limits=Limits(minutes=0.02))
    assert run.ended == "everything was killed at the limit of 0.02 minutes"
    assert run.results == {"score": 0, "output": "interrupted"}
    assert run.problems == ()
    assert running("98761") == []


def test_killed_at_a_random_moment_a_valid_zero_is_left(built, act):
    for moment in range(3):
        seconds = random.Random(moment).uniform(0.3, 1.0)
        run = built.run(act("time.sleep(1.5); report()"), kill_after=seconds)
        assert run.ended == f"everything was killed after {seconds:.1f} s"
        assert (run.problems, run.score) == ((), 0)
        assert run.seconds < seconds + 1


@measured
def test_memory_that_processes_share_counts_once(built, act):
    fork = "children = [os.fork() or (time.sleep(0.7), os._exit(0)) for _ in range(3)]"
    run = built.run(act(f"big = b'1' * 100 * 2**20\n{fork}\ntime.sleep(0.7); report()"))
    assert 100 < run.megabytes < 160


@measured
def test_a_daemon_counts_and_ends_with_the_run(built, act):
    daemon = "big = b'1' * 80 * 2**20\nimport time\ntime.sleep(98762)"
    run = built.run(
        act(
            f"code = {daemon!r}\n"
            "if os.fork() == 0:\n"
            "    os.setsid()\n"
            "    subprocess.Popen([sys.executable, '-c', code])\n"
            "    os._exit(0)\n"
            "time.sleep(1); report()"
        )
    )
    assert run.score == 3
    assert run.megabytes > 80
    assert running("98762") == []


@measured
def test_past_its_memory_the_largest_process_is_killed_and_then_all_if_it_goes_on(built, act):
    child = "big = b'1' * 200 * 2**20; import time; time.sleep(10)"
    once = f"subprocess.run([sys.executable, '-c', {child!r}]).returncode"
    run = built.run(act(f"report(output=str({once}))"), limits=Limits(megabytes=150))
    assert re.match(r"past 150 MB of memory; the largest process, of \d+ MB \(.*\), was killed$", run.ended)
    assert (run.score, run.results["output"]) == (3, "-9")
    assert run.megabytes > 150
    run = built.run(act(f"while True: {once}"), limits=Limits(megabytes=150))
    assert run.ended.endswith("was killed; then everything else, which went on past it")
    assert (run.problems, run.score) == ((), 0)


@measured
def test_a_process_that_is_about_to_exec_has_no_memory_of_its_own():
    class Process:
        def __init__(self, pid, parent, rss):
            self.pid, self.ppid = pid, lambda: parent
            self.memory_full_info = lambda: SimpleNamespace(pss=2 * 2**20, rss=rss)

    one, vforked, forked = Process(1, 0, 7), Process(2, 1, 7), Process(3, 1, 8)
    assert meter.megabytes([one, vforked, forked]) == {one: 2.0, forked: 2.0}


@linux
def test_a_container_has_half_a_processor_where_there_are_cgroups(built, act):
    with meter.processors(0.5) as group:
        if group is None:
            pytest.skip("no cgroup can be made here")
    busy = "began = time.time()\nwhile time.time() < began + 1: pass\nreport(extra_data={'cpu': time.process_time()})"
    run = built.run(act(busy))
    assert run.held
    assert run.results["extra_data"]["cpu"] < 0.75
    assert not group.exists()


def running(word):
    """The processes that have a word in their command."""
    processes = psutil.process_iter(["status", "cmdline"])
    return [
        one
        for one in processes
        if one.info["status"] != "zombie" and word in " ".join(one.info["cmdline"] or ())
    ]


# -------------------------------------------------------------------------------------------------------- results


def test_what_gradescope_could_not_show_is_named(images, act):
    link = "os.remove('results/results.json'); os.symlink('/etc/passwd', 'results/results.json')"
    for code, problem in [
        ("os.remove('results/results.json')", "there is no results.json"),
        ("open('results/results.json', 'w').write('{')", "results.json is not JSON"),
        ("report(score='3')", "score: '3' is not allowed"),
        (link, "there is no results.json"),
    ]:
        run = images("venv").run(act(code))
        assert problem in run.problems[0]
        assert run.score is None, problem


def test_a_failed_build_says_what_setup_said(tmp_path):
    zipped = stand_in(tmp_path / "bad.zip", setup="echo no such package; exit 7")
    with (
        pytest.raises(BuildFailed, match=r"setup\.sh ended with 7") as raised,
        harness.build(zipped, venv=True),
    ):
        pass
    assert raised.value.said == "no such package\n"


def test_a_zip_that_gradescope_would_refuse_is_refused_in_words(tmp_path):
    for path, words in [
        (tmp_path / "missing.zip", "isn't there"),
        (zip_of(tmp_path / "folder.zip", **{"a3/setup.sh": "", "a3/run_autograder": ""}), "not their folder"),
        (zip_of(tmp_path / "half.zip", **{"setup.sh": ""}), "no run_autograder at its root"),
        (tmp_path, "can't be read"),
    ]:
        with pytest.raises(AutograderError, match=words), harness.build(path, venv=True):
            pass


def test_where_no_clean_debian_can_be_made_it_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr(debian.sys, "platform", "darwin")
    assert debian.why_not_clean(tmp_path) == "that takes Linux"
    monkeypatch.setattr(debian.sys, "platform", "linux")
    monkeypatch.setattr(debian.os, "geteuid", lambda: 1000)
    assert debian.why_not_clean(tmp_path) == "that takes root"
    monkeypatch.setattr(debian.os, "geteuid", lambda: 0)
    monkeypatch.setattr(debian.shutil, "which", lambda name, path: None if name == "debootstrap" else name)
    assert "apt-get install debootstrap" in debian.why_not_clean(tmp_path)


def test_a_debootstrap_that_fails_is_told_in_its_own_words(tmp_path, monkeypatch):
    def fails(command, stdout, **options):
        stdout.write(b"I: Retrieving InRelease\nE: no such mirror\n")
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(debian.subprocess, "run", fails)
    with (
        pytest.raises(debian.CleanRootError, match=r"ended with 1: .* / E: no such mirror"),
        debian.clean_debian(tmp_path / "cache", False),
    ):
        pass
    assert list((tmp_path / "cache").iterdir()) == []


# ------------------------------------------------------------------------------------------------------ the command


def kerasnets(*arguments, **options):
    command = [Path(sys.executable).with_name("kerasnets"), "gradescope", "try", *arguments]
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, **options
    )


def test_the_command_writes_what_gradescope_would_show(act, tmp_path):
    out = tmp_path / "out"
    done = kerasnets(stand_in(tmp_path / "a.zip"), act("report(tests=[])"), "-o", out, "--venv")
    assert (done.returncode, done.stderr) == (0, "")
    assert "in a scratch folder with a virtual environment" in done.stdout
    assert re.search(r"act\.py +3 +\d+\.\d +[\w ]+ +valid", done.stdout)
    names = {"build.txt", "instructor.html", "results.json", "stdout.txt", "student.html"}
    assert {path.name for path in out.iterdir()} == names
    assert json.loads((out / "results.json").read_text()) == {"score": 3, "tests": []}


def test_several_submissions_are_graded_after_one_build_and_one_bad_result_is_told(act, tmp_path):
    good, bad = act("report()").rename(tmp_path / "good.py"), tmp_path / "bad"
    bad.mkdir()
    (bad / "act.py").write_text("open('results/results.json', 'w').write('?')")
    (tmp_path / "good").mkdir()
    good.rename(tmp_path / "good" / "act.py")
    out = tmp_path / "out"
    done = kerasnets(stand_in(tmp_path / "a.zip"), tmp_path / "good", bad, "-o", out, "--venv")
    assert (done.returncode, done.stderr) == (1, "")
    assert "bad: results.json is not JSON" in done.stdout
    assert (out / "good" / "results.json").exists()
    assert not (out / "bad" / "results.json").exists()


def test_mistakes_end_in_a_sentence(act, tmp_path):
    submission, zipped = act("report()"), stand_in(tmp_path / "a.zip")
    (tmp_path / "metadata.json").write_text("[]")
    for arguments, code, words in [
        ([tmp_path / "none.zip", submission], 2, "isn't there"),
        ([zipped, tmp_path / "none.ipynb"], 2, "there is no"),
        ([zipped, submission, "--metadata", tmp_path / "metadata.json"], 2, "holds no object"),
        (
            [stand_in(tmp_path / "b.zip", setup="echo oh; exit 4"), submission],
            1,
            "oh\nkerasnets: the build failed",
        ),
    ]:
        done = kerasnets(*arguments, "-o", tmp_path / "out", "--venv")
        assert done.returncode == code, done
        assert words in done.stderr
        assert "Traceback" not in done.stderr


# ---------------------------------------------------------------------------------------------- a clean Debian's end


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)]
)
def test_a_try_that_is_ended_leaves_no_process_and_no_mount(cache, act, tmp_path, number, code):
    zipped = stand_in(tmp_path / "a.zip", setup="sleep 98763 & sleep 98763")
    before = {*cache.iterdir(), cache / USUAL}
    command = [Path(sys.executable).with_name("kerasnets"), "gradescope", "try", zipped, act("report()")]
    process = subprocess.Popen([*command, "-o", tmp_path / "out", "--root", cache], stderr=subprocess.DEVNULL)
    while len(running("sleep 98763")) < 2:
        time.sleep(0.05)
        assert process.poll() is None
    process.send_signal(number)
    assert process.wait(30) == code
    time.sleep(0.2 if number == signal.SIGKILL else 0)
    assert running("98763") == []
    assert str(cache) not in Path("/proc/mounts").read_text()
    left = set(cache.iterdir()) - before
    assert len(left) == (number == signal.SIGKILL)  # nobody was there to remove the folder
    subprocess.run(["rm", "-rf", *left], check=True)


@pytest.mark.slow
def test_where_overlays_do_not_work_the_tree_is_copied(cache, act, tmp_path, monkeypatch):
    monkeypatch.setattr(debian, "_overlay_works", lambda scratch, base: False)
    run = "#!/bin/sh\ntouch /opt/left\necho '{\"score\": 1}' > results/results.json"
    with harness.build(stand_in(tmp_path / "a.zip", setup="touch /opt/built", run=run), cache) as built:
        assert built.run(act("")).score == 1
        assert not (cache / USUAL / "opt" / "built").exists()
        assert (built.place.scratch / "image" / "opt" / "built").exists()
        assert not (built.place.scratch / "image" / "opt" / "left").exists()
