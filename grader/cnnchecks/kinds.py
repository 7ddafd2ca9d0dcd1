"""Kinds of layers and operations, by their classes, as Keras calls them: a word in a name says nothing."""

from __future__ import annotations


def names_in(text: str) -> frozenset[str]:
    return frozenset(text.split())


CONVOLUTIONS = names_in(
    """
    Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose
    DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D
    """
)
POOLINGS = names_in(
    """
    MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D
    GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D
    GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D MaxPool AveragePool
    """
)
PADDINGS = names_in("ZeroPadding1D ZeroPadding2D ZeroPadding3D Pad")
