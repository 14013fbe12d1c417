"""One picture: a person, their expression and the light, rendered by Blender's Cycles."""

import blender
import hair
import lids
import materials
import numpy as np
import skin
from people import express, lower_arms, neutral, normals, rotation, turn
from scipy.spatial import cKDTree
from wall import develop, wall

FOV = 7.4  # degrees, frames a head: a portrait lens, just over two metres away
DISTANCE = 22.0  # decimetres from the eyes
LAMP, LAMP_AT = 8.0, 14.0  # decimetres: the key lamp's side and distance


def exposure(colour, most=6):
    """Return the exposure a photographer would use for a face with these skin colours (sRGB (h, w, 3)).

    Dark skin gets somewhat more light, as with any camera that meters the face. most: limit, as the factor
    by which the skin may be darker than middle grey.
    """
    face = blender.linear(colour[int(0.25 * len(colour)) : int(0.75 * len(colour)), -250:-60])
    light = float((face @ np.float32([0.2126, 0.7152, 0.0722])).mean())
    return float(1.3 * np.clip(0.36 / light, 0.8, most) ** 0.33)


class Sitter:
    """A person ready to be rendered: everything independent of expression and light is built once."""

    def __init__(self, assets, person):
        self.assets, self.person = assets, person
        self.rest = neutral(assets, person)
        joints = assets.data["metadata"]["joint_pos_idxs"]

        def joint(name):
            return self.rest[joints[f"{name}____head"]].mean(0)

        self.pivot = joint("neck01")
        self.shoulders = {side: joint(f"upperarm01.{side}") for side in "LR"}
        self.eyes = {1: joint("eye.L"), -1: joint("eye.R")}
        self.centre = (self.eyes[1] + self.eyes[-1]) / 2 + [0, -0.3, 0.1]
        self.under = self._under_clothes()
        maps = skin.maps(assets, person)
        # Beyond this, black hair turns grey and the wall burns out.
        self.exposure = exposure(maps[0], 2.5 if person.tone else 6)
        self.images = [blender.pixels(image) for image in (*maps, skin.body_colour(assets, person))]
        self.hair = hair.grow(assets, self.rest, person) if person.hair else None
        self.brows = self._carried(lids.brows(assets, self.rest, person))
        self.beard = self._carried(hair.beard(assets, self.rest, person)) if person.stubble else None

    def _under_clothes(self):
        """Return how far the skin is pushed in under clothes, so that it doesn't show through: (19158, 3)."""
        skin_points = self.assets.island("shoulders")
        proxy = self.assets.proxy("clothes", self.person.clothes)
        corners = proxy.place(self.rest)[proxy.mesh.source[proxy.mesh.triangles]]
        cloth = np.concatenate(
            [corners.reshape(-1, 3), corners.mean(1), *(corners[:, [k, k - 1]].mean(1) for k in range(3))]
        )
        distance = cKDTree(cloth).query(self.rest[skin_points])[0]
        x, y = np.abs(self.assets.base[skin_points, 0]), self.assets.base[skin_points, 1]
        torso = skin.step(5.35, 5.15, y) * skin.step(1.6, 1.3, x)  # it is never visible
        outward = normals(self.rest, self.assets.body.source[self.assets.body.triangles])[skin_points]
        out = np.zeros_like(self.rest)
        out[skin_points] = -(0.05 * skin.step(0.14, 0.05, distance) + 0.2 * torso)[:, None] * outward
        return out

    def _carried(self, paths):
        """Return strands and their carriers: (paths, base vertices (n, 3), their weights (n, 3))."""
        head = self.assets.island("head")
        distance, near = cKDTree(self.rest[head]).query(paths[:, 0], k=3)
        weight = 1 / (distance + 1e-3)
        return paths, head[near], weight / weight.sum(1, keepdims=True)

    def build(self, factors):
        """Build the person with these factors in Blender's scene."""
        assets = self.assets
        face = express(assets, self.person, self.rest, factors)

        def pose(vertices, share, arms=None):
            if arms is not None:
                vertices = lower_arms(vertices, arms, self.shoulders)
            return turn(vertices, share, self.pivot, factors) - self.centre

        self._body(pose(face + self.under, assets.turn.clip(0, 1), assets.arms))
        for kind in ("eyes", "teeth", "tongue", "clothes"):
            self._proxy(kind, face, factors, pose)
        self._strands(face, pose)

    def _body(self, vertices):
        assets, person = self.assets, self.person
        body = assets.body
        first = body.polygons[:, 0]
        slots = np.full(len(first), 2)
        slots[assets.islands["head"][first]] = 0
        slots[assets.islands["mouth"][first]] = 1
        uv = np.where(assets.islands["head"][:, None], skin.to_window(body.uv), body.uv)
        tone = np.array([0.55, 0.25, 0.24]) * np.mean(person.tint) ** 0.3
        blender.add_mesh(
            "body",
            body,
            vertices,
            [
                materials.skin(*self.images),
                materials.inner_mouth(tone.clip(0, 1)),
                materials.plain_skin(self.images[3]),
            ],
            slots,
            uv,
            subdivide=1,
            rest=assets.base,
        )

    def _proxy(self, kind, face, factors, pose):
        assets, person = self.assets, self.person
        name = {
            "eyes": "HighPolyEyes",
            "teeth": "Teeth_Base",
            "tongue": "tongue01",
            "clothes": person.clothes,
        }[kind]
        proxy = assets.proxy(kind, name, person.eyes if kind == "eyes" else 0)
        vertices = proxy.place(face)
        if kind == "eyes":
            look = rotation(factors.get("gaze_yaw", 0), factors.get("gaze_pitch", 0), 0)
            for side, centre in self.eyes.items():
                one = np.sign(vertices[:, 0]) == side
                vertices[one] = (vertices[one] - centre) @ look.T + centre
        arms = share = None
        if kind == "clothes":
            arms = {side: proxy.carry(values) for side, values in assets.arms.items()}
            share = proxy.carry(assets.turn).clip(0, 1)
        elif kind == "tongue":
            share = proxy.carry(assets.turn).clip(0, 1)
        else:
            share = 1.0
        placed = pose(vertices, share, arms)
        if kind == "eyes":
            # The cornea and the eyeball are two shells; the texture has the cornea where it is transparent.
            cornea = proxy.mesh.uv[proxy.mesh.polygons[:, 0], 0] > 0.86
            blender.add_mesh(
                kind,
                proxy.mesh,
                placed,
                [materials.eye(proxy.texture), materials.clear()],
                cornea.astype(int),
                subdivide=1,
            )
            return
        surface = {
            "teeth": lambda: materials.teeth(proxy.texture, person.age),
            "tongue": lambda: materials.tongue(proxy.texture),
            "clothes": lambda: materials.cloth(proxy.texture, person.cloth_colour),
        }[kind]()
        blender.add_mesh(
            kind, proxy.mesh, placed, surface, subdivide=int(kind == "clothes"), rest=proxy.place(assets.base)
        )

    def _strands(self, face, pose):
        person = self.person
        colour = np.asarray(person.hair_colour)

        def place(paths, moved=None):
            flat = (paths if moved is None else paths + moved).reshape(-1, 3)
            return pose(flat, 1.0).reshape(paths.shape)

        def follow(carried):
            paths, near, weight = carried
            moved = ((face - self.rest)[near] * weight[..., None]).sum(1)
            return place(paths, moved[:, None])

        if self.hair is not None:
            paths, tone = self.hair
            blender.add_strands("hair", place(paths), 0.0060, materials.hair(colour), tone=tone)
        dark = materials.plain_hair(0.75 * colour)
        blender.add_strands("brows", follow(self.brows), 0.0015, materials.plain_hair(0.9 * colour), thin=0.3)
        if self.beard is not None:
            blender.add_strands("beard", follow(self.beard), 0.0026, dark, thin=0.5)
        lashes = lids.lashes(self.assets, face, self.eyes, person)
        blender.add_strands("lashes", place(lashes), 0.0016, materials.plain_hair(0.3 * colour), thin=0.2)
        tears = lids.tears(self.assets, face, self.eyes)
        blender.add_strands("tears", place(tears), 0.008, materials.clear(1.6), thin=1.0)

    def head_shift(self, factors):
        """Return the offset of a turned head's centre from the neutral one, right and up (decimetres)."""
        angles = [factors.get(k, 0.0) for k in ("yaw", "pitch", "roll")]
        moved = rotation(*angles) @ (self.centre - self.pivot) + self.pivot - self.centre
        return moved[0], moved[1]


def lights(look, background):
    """Create the lamps and room of a look: a large soft key, a rim light from the far side, a room.

    The room is bright above, has the wall's tone at eye level and is dark below, so that it models
    a face by itself: a dim look is dim, but not flat. The camera sees `background` instead, linear
    RGB (h, w, 3), so that hair is denoised and smoothed before the background.
    """
    azimuth, elevation = np.radians([look["azimuth"], look["elevation"]])
    key = np.array(
        [np.sin(azimuth) * np.cos(elevation), np.sin(elevation), np.cos(azimuth) * np.cos(elevation)]
    )
    warm = np.array([1 + 0.22 * look["warmth"], 1.0, 1 - 0.26 * look["warmth"]])
    blender.add_lamp(key * LAMP_AT, LAMP, 4.4 * look["key"], warm / warm.max())
    rim = np.array([-np.sign(key[0] + 1e-9) * 0.75, 0.45, -0.65])
    blender.add_lamp(rim / np.linalg.norm(rim) * LAMP_AT, 6.0, 3.0 * look["rim"], (1.0, 0.97, 0.93))
    tone = np.asarray(look["wall"]) ** 2.2
    tone = 0.6 + 0.4 * tone / tone.mean()
    fill = look["fill"] * (1.5 - 0.5 * warm)  # a warm lamp has cooler shadows, but not blue ones
    blender.add_room({0.2: 0.30 * fill * tone, 0.5: 0.75 * fill * tone, 0.95: 1.5 * fill}, background)


def card(x):
    """Create a sheet of paper in front of the face, x decimetres to the picture's right."""
    corners = np.array([[-1.3, -1.6, 0], [1.3, -1.6, 0], [1.3, 1.6, 0], [-1.3, 1.6, 0]])
    part = blender.quad()
    blender.add_mesh("card", part, corners @ rotation(0, 0, -8).T + [x, -0.2, 3.0], materials.paper())


def render(sitter, shot, size, samples, seed, path):
    """Render a plan.Shot to a picture, uint8 sRGB (h, w, 3).

    size is (width, height) in pixels. A shot without a shift is centred on the head.
    path: where Blender may write the picture, an .exr file.
    """
    blender.clear(samples, seed, size)
    sitter.build(shot.factors)
    lights(shot.look, wall(shot.look, size, shot.wall_seed) / sitter.exposure)
    shift = sitter.head_shift(shot.factors) if shot.shift is None else (-shot.shift[0], -shot.shift[1])
    blender.add_camera([*shift, DISTANCE], FOV / shot.zoom)
    if shot.card is not None:
        card(shot.card - shot.shift[0])
    return develop(blender.render(path), sitter.exposure)
