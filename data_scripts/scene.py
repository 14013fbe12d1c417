"""One picture: a person, what the face does, the light and the wall behind, rendered by Mitsuba 3.

`volpath` rather than `path`: only it sees light through the transparent parts of hair, brows and
lashes; `path` sprinkles speckles along them.
"""

from dataclasses import replace
from functools import lru_cache

import mitsuba as mi
import numpy as np
from people import express, neutral, normals, rotation, turn
from PIL import Image

mi.set_variant("scalar_rgb")
mi.set_log_level(mi.LogLevel.Error)
FOV = 7.4  # degrees, which frames a head: a portrait lens, a good two metres away
DISTANCE = 22.0  # decimetres from the eyes


def mesh(name, part, vertices, material):
    """A Mitsuba mesh of `part` (a makehuman.Mesh) over vertices (n, 3)."""
    properties = mi.Properties()
    properties["bsdf"] = material
    out = mi.Mesh(
        name,
        len(part.source),
        len(part.triangles),
        props=properties,
        has_vertex_normals=True,
        has_vertex_texcoords=True,
    )
    smooth = normals(vertices, part.source[part.triangles])
    values = mi.traverse(out)
    values["vertex_positions"] = vertices[part.source].astype(np.float32).ravel()
    values["vertex_normals"] = smooth[part.source].astype(np.float32).ravel()
    values["vertex_texcoords"] = (part.uv * [1, -1] + [0, 1]).astype(np.float32).ravel()
    values["faces"] = part.triangles.astype(np.uint32).ravel()
    values.update()
    return out


@lru_cache(maxsize=256)
def picture(path):
    """A texture file as float (h, w, 4) in [0, 1]."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGBA"), dtype=np.float32) / 255


def bitmap(array, raw=False):
    return {
        "type": "bitmap",
        "bitmap": mi.Bitmap(np.ascontiguousarray(array, dtype=np.float32)),
        "raw": raw,
        "wrap_mode": "clamp",
    }


def linear(srgb):
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def material(rgb, alpha=None, roughness=0.5, specular=0.5, sheen=0.0):
    """A principled surface; rgb is sRGB (h, w, 3) or three numbers, alpha (h, w) a cut-out."""
    rgb = linear(np.asarray(rgb, dtype=np.float32))
    colour = {"type": "rgb", "value": rgb.tolist()} if rgb.ndim == 1 else bitmap(rgb, raw=True)
    surface = {
        "type": "twosided",
        "bsdf": {
            "type": "principled",
            "base_color": colour,
            "roughness": roughness,
            "specular": specular,
            "sheen": sheen,
        },
    }
    if alpha is not None:
        surface = {"type": "mask", "opacity": bitmap(alpha[..., None], raw=True), "bsdf": surface}
    return mi.load_dict(surface)


def recolour(texture, colour, contrast=1.0):
    """Give a grey or brown hair texture another colour, keeping its strands."""
    grey = texture[..., :3].mean(-1)
    solid = texture[..., 3] > 0.5
    level = grey[solid].mean() if solid.any() else 0.5
    strands = 1 + contrast * (grey / max(level, 1e-3) - 1)
    return np.clip(strands[..., None] * np.asarray(colour, dtype=np.float32), 0, 1)


def smaller_iris(proxy, factor=1.3):
    """The coarse eye mesh stretches the iris; undo that about the middle of each eye's island."""
    uv = proxy.mesh.uv.copy()
    left = proxy.side[proxy.mesh.source] > 0
    for one in (left, ~left):
        middle = (uv[one].min(0) + uv[one].max(0)) / 2
        uv[one] = middle + factor * (uv[one] - middle)
    return replace(proxy, mesh=replace(proxy.mesh, uv=uv))


class Sitter:
    """A person ready to be rendered: materials and the face at rest are made once."""

    def __init__(self, assets, person):
        self.assets, self.person = assets, person
        self.rest = neutral(assets, person)
        joints = assets.data["metadata"]["joint_pos_idxs"]

        def joint(name):
            return self.rest[joints[name]].mean(0)

        self.pivot = joint("neck01____head")
        self.eyes = {1: joint("eye.L____head"), -1: joint("eye.R____head")}
        self.centre = (self.eyes[1] + self.eyes[-1]) / 2 + [0, -0.3, 0.1]
        self.parts = list(self._parts())

    def _proxy(self, kind, name, material_index=0):
        proxy = self.assets.proxy(kind, name, material_index)
        return proxy, picture(proxy.texture)

    def _parts(self):
        p = self.person
        skin = np.clip(picture(self.assets.skin(p.skin))[..., :3] * np.float32(p.tint), 0, 1)
        yield "body", None, material(skin, roughness=0.55, specular=0.35)
        proxy, texture = self._proxy("eyes", "Low-Poly", p.eyes)
        rgb = np.clip(1.2 * texture[..., :3], 0, 1)  # lids and lashes shade them a good deal
        yield "eyes", smaller_iris(proxy), material(rgb, roughness=0.12, specular=0.6)
        proxy, texture = self._proxy("teeth", "Teeth_Base")
        teeth = np.clip(0.35 + 0.75 * texture[..., :3] * [1.0, 0.96, 0.88], 0, 1)
        yield "teeth", proxy, material(teeth, roughness=0.35, specular=0.3)
        proxy, texture = self._proxy("tongue", "tongue01")
        yield "tongue", proxy, material(texture[..., :3], roughness=0.4)
        for kind, name in (("hair", p.hair), ("eyebrows", p.brows), ("eyelashes", p.lashes)):
            proxy, texture = self._proxy(kind, name)
            colour = np.asarray(p.hair_colour) * {"hair": 1, "eyebrows": 0.7, "eyelashes": 0.3}[kind]
            rgb = recolour(texture, colour)
            yield kind, proxy, material(rgb, texture[..., 3], roughness=0.6, specular=0.15)
        proxy, texture = self._proxy("clothes", p.clothes)
        yield "clothes", proxy, material(recolour(texture, p.cloth_colour, 0.6), roughness=0.8, specular=0.1)

    def meshes(self, factors):
        """Mitsuba meshes of this person doing what `factors` say."""
        base = express(self.assets, self.person, self.rest, factors)
        follow = self.assets.turn
        for name, proxy, surface in self.parts:
            part = self.assets.body if proxy is None else proxy.mesh
            vertices = base if proxy is None else proxy.place(base)
            share = follow if proxy is None else proxy.carry(follow)
            if name in ("hair", "teeth", "eyes"):
                share = np.ones(len(vertices))
            if name == "eyes":
                look = rotation(factors.get("gaze_yaw", 0), factors.get("gaze_pitch", 0), 0)
                for side, centre in self.eyes.items():
                    one = np.sign(vertices[:, 0]) == side
                    vertices[one] = (vertices[one] - centre) @ look.T + centre
            placed = turn(vertices, share.clip(0, 1), self.pivot, factors) - self.centre
            yield mesh(name, part, placed, surface)


def lights(look):
    """Emitters of a look: key lamp, rim lamp and the light of the room."""
    azimuth, elevation = np.radians([look["azimuth"], look["elevation"]])
    direction = np.array(
        [np.sin(azimuth) * np.cos(elevation), np.sin(elevation), np.cos(azimuth) * np.cos(elevation)]
    )
    warm = np.array([1 + 0.25 * look["warmth"], 1.0, 1 - 0.3 * look["warmth"]])

    def lamp(position, size, rgb):
        return {
            "type": "rectangle",
            "emitter": {"type": "area", "radiance": {"type": "rgb", "value": [float(v) for v in rgb]}},
            "to_world": mi.ScalarTransform4f().look_at(
                origin=(position).tolist(), target=[0, 0, 0], up=[0, 1, 0.01]
            )
            @ mi.ScalarTransform4f().scale(size),
        }

    return {
        "key": lamp(direction * 14, 4.5, 3.6 * look["key"] * warm),
        "room": {
            "type": "constant",
            "radiance": {"type": "rgb", "value": [float(v) for v in look["fill"] * (2 - warm)]},
        },
    }


def head_shift(sitter, factors):
    """Where a turned head's middle lies, right and up of the neutral one (decimetres)."""
    angles = [factors.get(k, 0.0) for k in ("yaw", "pitch", "roll")]
    moved = rotation(*angles) @ (sitter.centre - sitter.pivot) + sitter.pivot - sitter.centre
    return moved[0], moved[1]


def sheet_of_paper(x):
    """A sheet held before the face, x decimetres to the picture's right."""
    return {
        "type": "rectangle",
        "bsdf": {
            "type": "twosided",
            "bsdf": {"type": "diffuse", "reflectance": {"type": "rgb", "value": [0.55, 0.5, 0.3]}},
        },
        "to_world": mi.ScalarTransform4f().translate([x, -0.2, 3.0])
        @ mi.ScalarTransform4f().rotate([0, 0, 1], 8)
        @ mi.ScalarTransform4f().scale([1.3, 1.6, 1]),
    }


def render(sitter, shot, size, samples=24, seed=0):
    """A picture of a plan.Shot as float32 (h, w, 4): linear RGB with alpha.

    size is (width, height) in pixels. Without a shift of its own the shot is centred on the head.
    """
    if shot.shift is None:
        view = np.array([*head_shift(sitter, shot.factors), 0.0])
    else:
        view = np.array([-shot.shift[0], -shot.shift[1], 0.0])
    scene = {
        "type": "scene",
        "integrator": {"type": "volpath", "max_depth": 12, "rr_depth": 6, "hide_emitters": True},
        "sensor": {
            "type": "perspective",
            "fov": FOV / shot.zoom,
            "fov_axis": "y",
            "to_world": mi.ScalarTransform4f().look_at(
                origin=(view + [0, 0, DISTANCE]).tolist(), target=view.tolist(), up=[0, 1, 0]
            ),
            "film": {
                "type": "hdrfilm",
                "width": size[0],
                "height": size[1],
                "pixel_format": "rgba",
                "rfilter": {"type": "gaussian"},
            },
            "sampler": {"type": "multijitter", "sample_count": samples, "seed": seed},
        },
        **lights(shot.look),
    }
    if shot.card is not None:
        scene["card"] = sheet_of_paper(shot.card - shot.shift[0])
    for k, shape in enumerate(sitter.meshes(shot.factors)):
        scene[f"shape{k}"] = shape
    return np.array(mi.render(mi.load_dict(scene), seed=seed, spp=samples))
