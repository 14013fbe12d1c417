"""Render a shoe (lesson 1 shows it to a network that knows faces only): swaplib/data/shoe.jpg

python data_scripts/shoe.py
"""

import argparse
from dataclasses import replace
from pathlib import Path

import cv2
import mitsuba as mi
import numpy as np
from makehuman import Assets, fetch
from scene import lights, material, mesh, picture
from wall import develop

from swaplib.faces import CROP, DATA

LOOK = dict(azimuth=-40, elevation=45, key=1.0, fill=0.6, warmth=0.1)
WALL = (0.62, 0.6, 0.55)


def render(assets, name="shoes02", size=CROP, samples=64):
    """The left shoe of a pair from the side, uint8 RGB (size, size, 3)."""
    proxy = assets.proxy("clothes", name)
    vertices = proxy.place(assets.base)
    left = proxy.side[proxy.mesh.source][proxy.mesh.triangles].min(1) > 0
    shape = replace(proxy.mesh, triangles=proxy.mesh.triangles[left])
    corners = vertices[shape.source[shape.triangles]].reshape(-1, 3)
    middle = (corners.min(0) + corners.max(0)) / 2
    scene = mi.load_dict(
        {
            "type": "scene",
            "integrator": {"type": "volpath", "max_depth": 12, "hide_emitters": True},
            "sensor": {
                "type": "perspective",
                "fov": 1.25 * np.degrees(np.ptp(corners, axis=0).max() / 20),
                "to_world": mi.ScalarTransform4f().look_at(origin=[18, 8, 6], target=[0, 0, 0], up=[0, 1, 0]),
                "film": {"type": "hdrfilm", "width": size, "height": size, "pixel_format": "rgba"},
                "sampler": {"type": "multijitter", "sample_count": samples},
            },
            "shoe": mesh("shoe", shape, vertices - middle, material(picture(proxy.texture)[..., :3])),
            **lights(LOOK),
        }
    )
    image = np.array(mi.render(scene, spp=samples))
    return develop(image, np.full((size, size, 3), WALL, np.float32) ** 2.2)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--assets", type=Path, default=Path("build/assets"))
    shoe = render(Assets(fetch(parser.parse_args().assets)))
    cv2.imwrite(str(DATA / "shoe.jpg"), shoe[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])


if __name__ == "__main__":
    main()
