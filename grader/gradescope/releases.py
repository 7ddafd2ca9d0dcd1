"""The distributions that a clean container can be made of."""

from dataclasses import dataclass

DEBIANS_KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
UBUNTUS_KEYS = "/usr/share/keyrings/ubuntu-archive-keyring.gpg"


@dataclass(frozen=True)
class Release:
    """One release. A mirror or a script that isn't named is debootstrap's own choice; where this machine lacks the
    distribution's keys, debootstrap takes what the mirror sends unchecked, and says so."""

    name: str
    words: str
    origin: str  # as apt calls it
    keys: str
    components: str = "main"
    mirror: str = ""
    script: str = ""

    def debootstrap(self, tree: str) -> list[str]:
        """The command that makes its smallest tree.

        >>> " ".join(RELEASES["bookworm"].debootstrap("/tree"))
        'debootstrap --variant=minbase --components=main bookworm /tree'
        """
        options = ["--variant=minbase", f"--components={self.components}"]
        return ["debootstrap", *options, self.name, tree, *filter(None, (self.mirror, self.script))]

    @property
    def sources(self) -> str:
        """The lines of sources.list where debootstrap's own aren't enough: Ubuntu's images have the updates too, which is
        where 22.04 has its Python 3.11. Nothing where they are.

        >>> RELEASES["jammy"].sources.splitlines()[1]
        'deb http://archive.ubuntu.com/ubuntu jammy-updates main universe'
        """
        pockets = ("", "-updates", "-security") if self.mirror else ()
        components = self.components.replace(",", " ")
        return "".join(f"deb {self.mirror} {self.name}{pocket} {components}\n" for pocket in pockets)


UBUNTU = {  # Python's venv is in universe there; each release of Ubuntu is made by the same script, `gutsy`
    "origin": "Ubuntu",
    "keys": UBUNTUS_KEYS,
    "components": "main,universe",
    "mirror": "http://archive.ubuntu.com/ubuntu",
    "script": "/usr/share/debootstrap/scripts/gutsy",
}
RELEASES = {
    release.name: release
    for release in (
        Release("bookworm", "Debian 12", "Debian", DEBIANS_KEYS),
        Release("jammy", "Ubuntu 22.04", **UBUNTU),
        Release("noble", "Ubuntu 24.04", **UBUNTU),
    )
}
USUAL = "bookworm"
