"""Faces drawn in the reader's browser: a network's weights packed, the kernel, and pages that stand alone."""
