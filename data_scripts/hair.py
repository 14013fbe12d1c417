"""Hair, brows, lashes and beards as strands that grow from the skin.

A strand is a row of points. Guides are combed over the head one step at a time: along the style's
direction field, pulled by gravity, and kept out of the skin; many strands are then interpolated between
the guides. Everything is in a person's rest pose, in decimetres, x the person's left, y up, z forward.
"""

import cv2
import numpy as np
from people import normals
from scipy.spatial import cKDTree
from skin import beard_area, cap, noise, positions, step, texels, to_window
from styles import STYLES, TIES

POINTS = 14  # points of a long strand


class Head:
    """The surface that hair lies on: a person's rest mesh, with a search for the nearest skin."""

    def __init__(self, assets, rest):
        self.assets, self.rest = assets, rest
        body = assets.body
        self.faces = body.source[body.triangles]
        outward = normals(rest, self.faces)
        skin = np.union1d(assets.island("head"), assets.island("shoulders"))
        skin = skin[(np.abs(assets.base[skin, 0]) < 1.9)]
        self.points, self.outward = rest[skin], outward[skin]
        self.tree = cKDTree(self.points)
        self.normals = outward

    def landmark(self, x, y, z):
        """Return the skin's point that lies at (x, y, z) on the unchanged base mesh."""
        head = self.assets.island("head")
        return self.rest[head[np.argmin(((self.assets.base[head] - [x, y, z]) ** 2).sum(1))]]

    def tie(self, style):
        """Return where the hair of a style is tied: slightly above the skin."""
        middle = self.landmark(0, 7.6, -0.4) * [1, 1, 0.5]
        at = self.landmark(*TIES[style.tail or "tail"])
        return at + 0.08 * unit(at - middle)

    def above(self, at):
        """Return (height above the skin (n,), outward normal (n, 3)) of points (n, 3)."""
        distance, near = self.tree.query(at, k=3)
        weight = 1 / (distance + 0.01)[..., None]
        weight /= weight.sum(1, keepdims=True)
        out = (self.outward[near] * weight).sum(1)
        out /= np.linalg.norm(out, axis=1, keepdims=True)
        return ((at - (self.points[near] * weight).sum(1)) * out).sum(1), out

    def scatter(self, count, density, rng):
        """Draw roots at random where density (over the texels of the head's maps) is high.

        Returns (positions (n, 3), outward normals (n, 3), positions on the base mesh (n, 3)).
        """
        body, assets = self.assets.body, self.assets
        own = assets.islands["head"][body.triangles].all(1)
        triangles = body.triangles[own]
        corner = self.rest[body.source[triangles]]
        area = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1)
        at = texels(to_window(body.uv[triangles].mean(1)), density.shape)
        likely = area * (cv2.dilate(density, np.ones((25, 25)))[at] > 0)
        chosen, weights = [], []
        for _ in range(12):  # rejection, until there are enough
            pick = rng.choice(len(triangles), 2 * count, p=likely / likely.sum())
            w = rng.dirichlet([1, 1, 1], 2 * count)
            uv = (body.uv[triangles[pick]] * w[..., None]).sum(1)
            keep = density[texels(to_window(uv), density.shape)] > rng.random(2 * count)
            chosen.append(pick[keep])
            weights.append(w[keep])
            if sum(map(len, chosen)) >= count:
                break
        pick, w = np.concatenate(chosen)[:count], np.concatenate(weights)[:count][..., None]
        ids = body.source[triangles[pick]]
        out = (self.normals[ids] * w).sum(1)
        out /= np.linalg.norm(out, axis=1, keepdims=True)
        return (self.rest[ids] * w).sum(1), out, (assets.base[ids] * w).sum(1)


def unit(v):
    return v / np.linalg.norm(v, axis=-1, keepdims=True).clip(1e-9)


def _field(head, style):
    """Return the style's direction field: a function of points (n, 3) and their roots (n, 3)."""
    crown, tie = head.landmark(0.1, 8.3, -0.05), head.tie(style)
    middle = (head.landmark(0.8, 7.3, 0.4) + head.landmark(-0.8, 7.3, 0.4)) / 2

    def forward(at, root):
        away = unit(at - crown)
        return unit(away + [0, -0.15, 0.35])

    def back(at, root):
        return unit(np.array([0, -0.1, -1.0]) + 0.35 * unit(at - middle) * [1, 0, 0])

    def out(at, root):
        return unit(unit(root - middle) + [0, -0.15, 0.0])

    def part(at, root):
        side = np.where(root[:, 0] > style.part, 1.0, -1.0)[:, None]
        sideways = np.array([1.0, -0.2, 0.0]) * side + [0, 0, -0.10]
        behind = step(0.25, -0.2, root[:, 2])[:, None]
        return unit((1 - behind) * sideways + behind * (unit(root - crown) + [0, -0.5, 0]))

    def tail(at, root):
        return unit(tie - at)

    return {"forward": forward, "back": back, "out": out, "part": part, "tail": tail}[style.comb]


def comb(head, style, roots, outward, lengths, rng):
    """Comb guides (n, points, 3) from their roots, by the style's field, gravity and the skin."""
    field = _field(head, style)
    n, points = len(roots), style.points
    tie = head.tie(style)
    side = unit(np.cross(outward, rng.normal(size=(n, 3))))
    phase = rng.uniform(0, 2 * np.pi, n)
    wander = rng.normal(0, 0.12, (n, 3))
    direction = unit((1 - style.lift) * field(roots, roots) + style.lift * outward + wander)
    at, path = roots, [roots]
    gap = style.gap * rng.uniform(0.6, 1.2, n)
    stride = (lengths / (points - 1))[:, None]
    free, height, normal = np.ones((n, 1)), np.zeros(n), outward
    for k in range(1, points):
        t = k / (points - 1)
        fall = np.clip(style.weight * t * lengths, 0, 1)[:, None]
        want = (1 - fall) * field(at, roots) + fall * [0, -1.0, 0]
        # Near the skin, hair lies along it; only the style's lift points away.
        into = (want * normal).sum(1, keepdims=True)
        near = np.clip(1.5 - height / 0.35, 0, 1)[:, None] * (1 - fall)
        want = want - near * into * normal + style.lift * (1 - t) * outward
        direction = unit(0.4 * direction + 0.6 * unit(want) + 0.35 * wander * t)
        at = at + free * stride * direction
        height, normal = head.above(at)
        lowest = gap * min(1.0, 3 * t) + 0.006
        push = np.clip(lowest - height, 0, 0.25)
        if style.comb == "tail":  # laid flat, neither into the skin nor away from it
            push = np.where(np.abs(height) < 0.3, lowest - height, 0) * free[:, 0]
            free = free * (np.linalg.norm(at - tie, axis=1, keepdims=True) > 0.12)
        at = at + push[:, None] * normal
        path.append(at)
    path = np.stack(path, 1)
    if style.curl:
        t = np.linspace(0, 1, points)
        turns = phase[:, None] + 2 * np.pi * (lengths[:, None] / (7 * style.curl)) * t
        up = np.cross(side, outward)
        coil = np.cos(turns)[..., None] * side[:, None] + np.sin(turns)[..., None] * up[:, None]
        path = path + style.curl * np.minimum(1, 3 * t)[:, None] * (coil - coil[:, :1])
    return path


def between(guides, roots, near, rng, clump, rough=0.012):
    """Interpolate strands (n, points, 3) at roots from nearby guides: near (n, 3) are their indices."""
    t = np.linspace(0, 1, guides.shape[1])[None, :, None]
    weight = rng.dirichlet([2, 1, 1], len(roots))
    shape = np.einsum("nk,nkpd->npd", weight, guides[near] - guides[near][:, :, :1])
    drawn = guides[near[:, 0]] - roots[:, None]  # the offset of the first guide from the root
    path = roots[:, None] + (1 - clump * t) * shape + clump * t * drawn
    wave = rng.normal(size=(len(roots), 1, 3)) * t + 0.5 * rng.normal(size=(len(roots), 1, 3)) * np.sin(6 * t)
    shorten = 1 - 0.25 * rng.random((len(roots), 1, 1)) ** 3
    return roots[:, None] + (path - roots[:, None]) * shorten + rough * wave


def grow(assets, rest, person):
    """Grow a person's hair in rest pose: strands (n, points, 3) and the tone of each (n,), about 0.3."""
    style, rng = STYLES[person.hair], np.random.default_rng([person.seed, 1])
    head = Head(assets, rest)
    d = cap(assets) + person.hairline + style.shift
    d = d + 5 * noise(rng, 5)
    density = step(-12, 20, d) ** 1.5
    roots, outward, base = head.scatter(style.count, density.astype(np.float32), rng)
    count = min(2600, len(roots))
    high = step(7.45, 8.05, base[:count, 1] + 0.25 * step(0.2, 1.0, base[:count, 2]))
    lengths = person.hair_length * (style.side + (style.top - style.side) * high)
    if style.comb == "tail":
        lengths = 1.25 * np.linalg.norm(roots[:count] - head.tie(style), axis=1) + 0.1
    lengths = lengths * np.exp(rng.normal(0, 0.12, count))
    guides = comb(head, style, roots[:count], outward[:count], lengths, rng)
    tree = cKDTree(roots[:count])
    near = tree.query(roots, k=3)[1]
    if style.part is not None:  # a strand follows guides on its own side of the parting
        same = (roots[near][..., 0] > style.part) == (roots[:, 0] > style.part)[:, None]
        first = near[np.arange(len(near)), same.argmax(1)][:, None]
        near = np.where(same, near, first)
    strands = between(guides, roots, near, rng, style.clump)
    if person.stray:
        share = person.stray * (0.3 if style.tail else 1)  # tied hair comes loose less
        strands = loosened(strands, share, np.random.default_rng([person.seed, 3]))
    extra = {"tail": _tail, "bun": _bun}.get(style.tail)
    if extra:
        strands = np.concatenate([strands, extra(head.tie(style), rng)])
    # Tone varies between locks as well as hairs: strands around a guide share its tone.
    tone = rng.normal(0.3, 0.12, len(strands))
    tone[: len(near)] += rng.normal(0, 0.12, count)[near[:, 0]]
    return strands, tone.clip(0, 1)


def loosened(strands, share, rng):
    """Let some strands (n, points, 3) leave their lock and some end early, so that hair isn't a helmet."""
    n, points, _ = strands.shape
    t = np.linspace(0, 1, points)[None, :, None]
    length = np.linalg.norm(strands[:, -1] - strands[:, 0], axis=1)[:, None, None]
    away = rng.normal(0, 1, (n, 1, 3)) * np.minimum(0.16 * length, 0.11) * t**1.5
    far = (
        share * np.minimum(rng.exponential(0.45, (n, 1, 1)), 1.2) * (1 + 1.5 * (rng.random((n, 1, 1)) < 0.04))
    )
    wave = 0.25 * np.roll(away, 1, axis=2) * np.sin(2 * np.pi * t * rng.uniform(0.5, 1.5, (n, 1, 1)))
    strands = strands + far * (away + wave)
    shorter = 1 - 0.35 * share * rng.random((n, 1, 1)) ** 2
    return strands[:, :1] + (strands - strands[:, :1]) * shorter


def _tail(tie, rng, count=3500, length=1.9):
    """Create a tail that hangs from the tie, clear of the neck."""
    t = np.linspace(0, 1, POINTS)[None, :, None]
    start = tie + rng.normal(0, 0.05, (count, 1, 3))
    middle = np.stack(
        [
            0.05 * np.sin(3 * t[0, :, 0]),
            0.12 * np.sin(np.pi * t[0, :, 0] * 0.9) - length * t[0, :, 0] ** 1.5,
            -0.34 * np.sin(np.pi * np.minimum(1, t[0, :, 0] * 1.1) * 0.75),
        ],
        -1,
    )
    spread = (
        rng.normal(0, 0.8, (count, 1, 3)).clip(-1.5, 1.5)
        * [0.11, 0.05, 0.09]
        * (0.35 + np.sin(np.pi * t * 0.85))
    )
    return start + middle * rng.uniform(0.75, 1.05, (count, 1, 1)) + spread


def _bun(tie, rng, count=4500, radius=0.25):
    """Create a bun: strands wound around one axis on a ball."""
    centre = tie + [0, 0.12, -0.08]
    axis = unit(np.array([0.2, 1.0, -0.35]))
    u = unit(np.cross(axis, [1, 0, 0]))
    v = np.cross(axis, u)
    turn = rng.uniform(0, 2 * np.pi, (count, 1)) + np.linspace(0, 2.2, POINTS)
    tilt = rng.normal(0, 0.55, (count, 1)) + 0.25 * np.sin(turn + rng.uniform(0, 6, (count, 1)))
    ring = np.cos(turn)[..., None] * u + np.sin(turn)[..., None] * v
    shell = radius * (1 - 0.12 * rng.random((count, 1, 1)) ** 2 + 0.05 * np.sin(3 * turn)[..., None])
    return centre + shell * (np.cos(tilt)[..., None] * ring + 0.75 * np.sin(tilt)[..., None] * axis)


def beard(assets, rest, person):
    """Create a beard's or stubble's strands (n, points, 3) in rest pose, with the base mesh's vertices and
    weights that carry each root, so that it moves with the jaw."""
    rng = np.random.default_rng([person.seed, 2])
    head = Head(assets, rest)
    area = beard_area(positions(assets)).astype(np.float32)
    count = int(9000 if person.beard > 0.05 else 5000)
    roots, outward, base = head.scatter(count, area, rng)
    down = unit(np.array([0.0, -1.0, 0.15]) + 0.5 * outward * [1, 0, 0])
    flat = unit(down - (down * outward).sum(1, keepdims=True) * outward)
    long = (
        max(person.beard, 0.012)
        * np.exp(rng.normal(0, 0.3, len(roots)))
        * step(6.98, 6.55, base[:, 1]).clip(0.5, 1)
    )
    t = np.linspace(0, 1, 6)[None, :, None]
    way = unit(flat + 0.45 * outward + rng.normal(0, 0.25, roots.shape))
    bend = unit(way + 0.8 * down)
    return roots[:, None] + long[:, None, None] * (
        t * way[:, None] * (1 - 0.5 * t) + 0.5 * t**2 * bend[:, None]
    )
