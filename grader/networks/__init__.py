"""The networks that students' networks are compared with, by the name of the student's builder: a module for each subject.

Building one imports Keras; where that must stay out, its blueprint comes from the zip.
"""

from grader.networks import large, lenet, transfer
from grader.networks.network import Network

__all__ = ["NETWORKS", "Network"]

NETWORKS: dict[str, Network] = lenet.NETWORKS | large.NETWORKS | transfer.NETWORKS
