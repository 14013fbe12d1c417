"""Details along the lids and brows: lashes, the tear line, and the hairs of the brows."""

from functools import lru_cache

import cv2
import numpy as np
from hair import unit
from makehuman import _edges

SIDES = (1, -1)  # the person's left and right
CORNERS = 7.28  # height of the corners of the eyes on the base mesh


@lru_cache(maxsize=4)
def rings(assets, side):
    """Return the base vertices around one eye: {"rim", "upper", "lower"}, each from the nose outwards.

    rim: where lid and eye socket meet; upper, lower: the edges of the lids, from which lashes grow.
    """
    rim = np.intersect1d(assets.island("head"), assets.island("sockets"))
    edges = _edges(assets.body.source[assets.body.triangles], len(assets.base))
    beside = np.unique(edges[rim].indices)
    beside = np.setdiff1d(np.intersect1d(beside, assets.island("head")), rim)
    out = {}
    for name, ids in (("rim", rim), ("edge", beside)):
        ids = ids[np.sign(assets.base[ids, 0]) == side]
        height = assets.base[ids, 1]
        x = np.abs(assets.base[ids, 0])
        inner, outer = ids[np.argmin(x)], ids[np.argmax(x)]
        slope = (assets.base[outer, 1] - assets.base[inner, 1]) / (x.max() - x.min())
        above = height - (assets.base[inner, 1] + slope * (x - x.min()))
        order = np.argsort(x)
        upper, lower = (ids[order][keep[order]] for keep in (above >= -1e-6, above <= 1e-6))
        out |= {"rim": lower} if name == "rim" else {"upper": upper, "lower": lower}
    return out


def along(points, at):
    """Return points at shares `at` (n,) in [0, 1] of the length of a line (k, 3)."""
    length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))]
    return np.stack([np.interp(at * length[-1], length, points[:, k]) for k in range(3)], 1)


def lashes(assets, vertices, eyes, person):
    """Create strands (n, 6, 3) for both eyes' lashes on a face with an expression.

    vertices: the face's base vertices; eyes: {side: centre of the eye}.
    """
    rng, out = np.random.default_rng([person.seed, 3]), []
    long = 0.050 + 0.018 * (1 - person.gender)
    t = np.linspace(0, 1, 6)[None, :, None]
    for side in SIDES:
        ring = rings(assets, side)
        for name, count, length, curl in (("upper", 75, long, 1.0), ("lower", 36, 0.4 * long, -0.7)):
            at = np.sort(rng.uniform(0.06, 0.98, count))
            root = along(vertices[ring[name]], at)
            away = unit(root - eyes[side])
            outward = np.stack([side * 0.5 * (at - 0.35), np.full(count, 0.2 * curl), np.full(count, 0.8)], 1)
            way = unit(away + outward + rng.normal(0, 0.10, (count, 3)))
            up = np.array([0, curl, -0.1])
            size = length * (0.55 + 0.45 * np.sin(np.pi * (0.15 + 0.75 * at))) * rng.uniform(0.7, 1.1, count)
            out.append(root[:, None] + size[:, None, None] * (t * way[:, None] + 0.35 * t**2 * up))
    return np.concatenate(out)


def tears(assets, vertices, eyes):
    """Create the tear line: a line (24, 3) per lower lid, where it meets the eye."""
    out = []
    for side in SIDES:
        ring = rings(assets, side)
        edge = along(vertices[ring["lower"]], np.linspace(0.06, 0.94, 24))
        rim = along(vertices[ring["rim"]], np.linspace(0.06, 0.94, 24))
        out.append(0.5 * edge + 0.5 * rim + 0.004 * unit(edge - eyes[side]))
    return np.stack(out)


@lru_cache(maxsize=32)
def _flow(path):
    """Return the flow of a brow's hairs: (opacity (h, w), direction (h, w, 2) in the image's axes)."""
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    alpha = image[..., 3].astype(np.float32) / 255
    grey = (alpha * (1 - image[..., :3].mean(-1) / 255)).astype(np.float32)
    gx, gy = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    xx, yy, xy = (cv2.GaussianBlur(v, (0, 0), 4) for v in (gx * gx, gy * gy, gx * gy))
    angle = 0.5 * np.arctan2(2 * xy, xx - yy) + np.pi / 2
    return cv2.GaussianBlur(alpha, (0, 0), 2), np.stack([np.cos(angle), np.sin(angle)], -1)


def brows(assets, rest, person, count=750):
    """Create strands (n, 6, 3) for both brows in rest pose, placed as in a brow's texture."""
    rng = np.random.default_rng([person.seed, 4])
    proxy = assets.proxy("eyebrows", person.brows)
    alpha, flow = _flow(proxy.texture)
    mesh, vertices = proxy.mesh, proxy.place(rest)
    corner, uv = vertices[mesh.source[mesh.triangles]], mesh.uv[mesh.triangles]
    e1, e2 = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    cross = np.cross(e1, e2)
    area = np.linalg.norm(cross, axis=1)
    pick = rng.choice(len(area), 12 * count, p=area / area.sum())
    w = rng.dirichlet([1, 1, 1], len(pick))[..., None]
    at = (uv[pick] * w).sum(1)
    y, x = (
        np.clip(v * s, 0, s - 1).astype(int)
        for v, s in ((1 - at[:, 1], alpha.shape[0]), (at[:, 0], alpha.shape[1]))
    )
    keep = np.flatnonzero(alpha[y, x] ** 1.2 > 0.9 * rng.random(len(pick)))[: int(count * person.brow_thick)]
    pick, root, direction = pick[keep], (corner[pick] * w).sum(1)[keep], flow[y, x][keep]
    # From the image's axes to the face: solve for the triangle's edges in terms of uv.
    d = np.stack([uv[pick][:, 1] - uv[pick][:, 0], uv[pick][:, 2] - uv[pick][:, 0]], -1)
    share = np.linalg.solve(d, (direction * [1, -1])[..., None])[..., 0]
    way = unit(share[:, :1] * e1[pick] + share[:, 1:] * e2[pick])
    outwards = np.sign(root[:, :1]) * [1.0, 0, 0] + [0, 0.35, 0]
    way *= np.sign((way * outwards).sum(1, keepdims=True))
    normal = unit(cross[pick])
    normal *= np.sign(normal[:, 2:] + 1e-9)
    way = unit(way + rng.normal(0, 0.12, way.shape))
    length = 0.075 * rng.uniform(0.6, 1.15, (len(root), 1, 1))
    t = np.linspace(0, 1, 6)[None, :, None]
    return (
        root[:, None]
        - 0.004 * normal[:, None]
        + length * (t * way[:, None] + (0.16 * t * (1 - t) + 0.02 * t) * normal[:, None])
    )
