"""The networks that students' networks are compared with, by the name of the student's builder: a module for each subject.

Building one imports Keras; where that must stay out, its blueprint comes from the zip.
"""

from grader.networks import large, lenet, modern, transfer, vgg
from grader.networks.network import Network

__all__ = ["NETWORKS", "Network"]

SUBJECTS = (large, lenet, modern, transfer, vgg)
NETWORKS: dict[str, Network] = {
    name: network for subject in SUBJECTS for name, network in subject.NETWORKS.items()
}
