"""Render a shoe, which lesson 1 shows to a network trained only on faces.

.venv-render/bin/python data_scripts/shoe.py                 writes swaplib/data/shoe.jpg
"""

import argparse
import math
from dataclasses import replace
from pathlib import Path

import blender
import cv2
import materials
import numpy as np
from makehuman import Assets, fetch
from plan import LOOKS
from scene import lights
from wall import develop

SIZE = 160  # pixels, like a crop
WALL = (0.62, 0.6, 0.55)


def render(assets, scratch, name="shoes02", samples=64):
    """Render the left shoe of a pair from the side, uint8 RGB (SIZE, SIZE, 3)."""
    proxy = assets.proxy("clothes", name)
    vertices = proxy.place(assets.base)
    mesh = proxy.mesh
    left = proxy.side[mesh.source][mesh.polygons[:, :3]].min(1) > 0
    shape = replace(mesh, polygons=mesh.polygons[left])
    corners = vertices[mesh.source[shape.polygons[:, :3]]].reshape(-1, 3)
    middle = (corners.min(0) + corners.max(0)) / 2
    turn = math.radians(-65)  # to show its side
    about = np.array([[math.cos(turn), 0, math.sin(turn)], [0, 1, 0], [-math.sin(turn), 0, math.cos(turn)]])
    blender.clear(samples, 0, (SIZE, SIZE))
    blender.add_mesh("shoe", shape, (vertices - middle) @ about.T, materials.leather(proxy.texture))
    lights(dict(LOOKS["window"], wall=WALL), np.full((SIZE, SIZE, 3), WALL, np.float32) ** 2.2)
    blender.add_camera([0, 0, 20], 1.25 * math.degrees(np.ptp(corners, axis=0).max() / 20))
    return develop(blender.render(scratch))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--assets", type=Path, default=Path("build/assets"))
    parser.add_argument("--out", type=Path, default=Path("swaplib/data/shoe.jpg"))
    options = parser.parse_args()
    scratch = options.assets / "shoe.exr"
    shoe = render(Assets(fetch(options.assets)), scratch)
    scratch.unlink()
    cv2.imwrite(str(options.out), shoe[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])


if __name__ == "__main__":
    main()
