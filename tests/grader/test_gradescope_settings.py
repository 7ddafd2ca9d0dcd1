"""What a build may take along of this machine: how it reaches its registries, and nothing else."""

from grader.gradescope import settings
from grader.gradescope.releases import RELEASES


def test_the_settings_of_this_machine_are_those_of_pip_and_what_they_name(tmp_path, monkeypatch):
    wheels, index = tmp_path / "wheels", tmp_path / "index" / "simple"
    wheels.mkdir()
    index.mkdir(parents=True)
    bundle, pins = tmp_path / "ca.pem", tmp_path / "pins.txt"
    bundle.write_text("a certificate")
    pins.write_text("numpy<3")
    config = tmp_path / "pip.conf"
    config.write_text(
        f"[global]\nfind-links = {wheels}\nextra-index-url = file://{index}\nconstraint = {pins}\n"
    )
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    monkeypatch.setenv("PIP_CERT", str(bundle))
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("SECRET", "2f9c41d7")
    found = settings.as_here(RELEASES["bookworm"])
    assert {str(wheels), str(index.parent)} <= set(found.folders)
    assert found.environment["https_proxy"] == "http://proxy.example:3128"
    assert "2f9c41d7" not in repr(found)
    assert found.files["/etc/as-here/certificates.crt"] == b"a certificate"
    assert found.files[str(pins)] == b"numpy<3"
    written = found.files["/etc/as-here/pip.conf"].decode()
    assert f"cert = {settings.PLACE}/certificates.crt\n" in written
    assert f"find-links = {wheels}\n" in written


def test_an_index_in_the_callers_home_does_not_show_the_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert settings.folder_to_show(tmp_path / "me" / "simple") == tmp_path / "me" / "simple"
    assert settings.folder_to_show(tmp_path / "simple") == tmp_path / "simple"
    assert settings.folder_to_show(tmp_path / "me" / "index" / "simple") == tmp_path / "me" / "index"
