"""Optical materials for Cycles: skin, eyes, teeth, hair and clothes."""

from functools import lru_cache

import cv2
import numpy as np
from blender import Nodes, linear, pixels
from PIL import Image
from skin import blob, step

BLOOD = (1.0, 0.35, 0.18)  # relative depth to which red, green and blue light penetrate the skin
DEPTH = 0.055  # decimetres: depth of red light


@lru_cache(maxsize=64)
def picture(path):
    """Read a texture file as float32 (h, w, 4) in [0, 1]."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGBA"), dtype=np.float32) / 255


def skin(colour, height, rough, *_):
    """Create the head's skin from its maps (see skin.maps), given as blender.pixels."""
    n = Nodes("skin")
    n.principled(
        Base_Color=n.image(colour).outputs[0],
        Subsurface_Weight=1.0,
        Subsurface_Radius=BLOOD,
        Subsurface_Scale=DEPTH,
        Roughness=n.image(rough, colour=False).outputs[0],
        Specular_IOR_Level=0.42,
        Coat_Weight=0.06,
        Coat_Roughness=0.28,
    )
    n.bump(n.image(height, colour=False).outputs[0], 0.03)
    return n.material


def plain_skin(colour):
    """Create skin that is hardly visible: shoulders, arms and the eye sockets."""
    n = Nodes("plain skin")
    n.principled(
        Base_Color=n.image(colour).outputs[0],
        Subsurface_Weight=1.0,
        Subsurface_Radius=BLOOD,
        Subsurface_Scale=DEPTH,
        Roughness=0.5,
        Specular_IOR_Level=0.4,
    )
    n.bump(n.noise(60.0), 0.004)
    return n.material


def inner_mouth(tone):
    """Create the mouth's inner wall, dark and wet, and invisible from behind.

    Its back is only visible where the wall has come through the cheek, so hiding the back fixes this for
    every face and expression.
    """
    n = Nodes("inner mouth")
    n.principled(
        Base_Color=(*linear(tone), 1),
        Subsurface_Weight=0.6,
        Subsurface_Radius=BLOOD,
        Subsurface_Scale=0.04,
        Roughness=0.3,
    )
    behind = n.new("NewGeometry").outputs["Backfacing"]
    mix = n.new("MixShader", behind, n.surface.outputs[0], n.new("BsdfTransparent").outputs[0])
    n.set(n.out.inputs["Surface"], mix.outputs[0])
    return n.material


@lru_cache(maxsize=16)
def eye_colours(path):
    """Correct the eye's texture: an iris that isn't too bright, with a dark rim, and a warmer white."""
    rgb = picture(path)[..., :3].copy()
    height, width = rgb.shape[:2]
    y, x = np.mgrid[:height, :width] / np.float32(height)
    radius = np.full((height, width), 9.0, np.float32)
    for cx, cy in IRISES:
        radius = np.minimum(radius, np.hypot(x - cx, y - cy) / IRIS)
    inside = step(1.12, 0.98, radius)
    level = rgb[(radius < 0.9) & (radius > 0.45)].mean()
    grey = rgb.mean(-1, keepdims=True)
    iris = (grey + 0.65 * (rgb - grey)) * [1.0, 1.04, 0.98] * np.clip(0.34 / level, 0.4, 1.8) ** 0.8
    iris *= (1 - 0.55 * blob(radius - 1.0, 0, 0.13))[..., None]
    iris *= np.where(radius < 0.36, 0.25, 1)[..., None]
    white = 0.5 * rgb.mean(-1, keepdims=True) + 0.5 * rgb
    white = np.clip(white * [1.06, 1.0, 0.96] * 0.98, 0, 1) ** 1.1
    return pixels(np.clip(iris * inside[..., None] + white * (1 - inside[..., None]), 0, 1))


IRISES, IRIS = ((0.2971, 0.7011), (0.7039, 0.2994)), 0.119  # centres and radius in the eye's texture


def eye(path):
    """Create the eyeball under the cornea."""
    n = Nodes("eye")
    n.principled(
        Base_Color=n.image(eye_colours(path)).outputs[0],
        Subsurface_Weight=0.35,
        Subsurface_Radius=(1.0, 0.5, 0.4),
        Subsurface_Scale=0.03,
        Roughness=0.4,
        Specular_IOR_Level=0.2,
    )
    return n.material


def clear(strength=0.6, tint=(1, 1, 1, 1)):
    """Create tears and the cornea, which only reflect."""
    n = Nodes("clear")
    fresnel = n.new("Fresnel", 1.38).outputs[0]
    share = n.math("MULTIPLY", fresnel, strength)
    # Light passes through to what lies below; only the camera sees the reflection.
    seen = n.new("LightPath").outputs["Is Camera Ray"]
    glossy = n.new("BsdfAnisotropic", (1, 1, 1, 1), 0.04)
    mix = n.new(
        "MixShader",
        n.math("MULTIPLY", share, seen),
        n.new("BsdfTransparent", tint).outputs[0],
        glossy.outputs[0],
    )
    n.set(n.out.inputs["Surface"], mix.outputs[0])
    return n.material


@lru_cache(maxsize=16)
def teeth_colours(path, age):
    """Colour the texture: ivory where it is grey, gums where it is red; returns blender.pixels."""
    rgb = picture(path)[..., :3]
    red = step(0.10, 0.25, rgb[..., 0] - rgb[..., 1:].mean(-1))[..., None]
    grey = rgb.mean(-1, keepdims=True)
    ivory = np.array([0.93, 0.90, 0.83]) - age * np.array([0.05, 0.08, 0.16])
    enamel = ivory * (0.80 + 0.20 * np.clip((grey - 0.35) / 0.4, 0, 1))
    gums = np.array([0.72, 0.42, 0.40]) * (0.7 + 0.6 * grey)
    return pixels(np.clip(enamel * (1 - red) + gums * red, 0, 1))


def teeth(path, age):
    n = Nodes("teeth")
    n.principled(
        Base_Color=n.image(teeth_colours(path, age)).outputs[0],
        Subsurface_Weight=0.7,
        Subsurface_Radius=(1.0, 0.9, 0.75),
        Subsurface_Scale=0.04,
        Roughness=0.22,
        Specular_IOR_Level=0.5,
    )
    return n.material


def tongue(path):
    n = Nodes("tongue")
    n.principled(
        Base_Color=n.image(picture(path)[..., :3] * [0.8, 0.62, 0.62]).outputs[0],
        Subsurface_Weight=0.6,
        Subsurface_Radius=BLOOD,
        Subsurface_Scale=0.04,
        Roughness=0.35,
    )
    n.bump(n.noise(45.0), 0.01)
    return n.material


def hair(colour, rough=0.38):
    """Create strands of a colour (sRGB): dark at the root, lighter at the tip, each with its lock's tone."""
    n = Nodes("hair")
    strand = n.new("BsdfHairPrincipled", parametrization="COLOR")
    along = n.new("HairInfo").outputs["Intercept"]
    tone = n.math(
        "ADD", n.math("MULTIPLY", along, 0.35), n.new("Attribute", attribute_name="tone").outputs["Fac"]
    )
    dark, light = ((*(linear(colour) * level), 1) for level in (0.5, 1.7))
    n.set(strand.inputs["Color"], n.new("MixRGB", tone, dark, light).outputs[0])
    for name, value in {
        "Roughness": rough,
        "Radial Roughness": 0.45,
        "Random Color": 0.35,
        "Random Roughness": 0.3,
        "IOR": 1.36,
        "Coat": 0.0,
    }.items():
        if name in strand.inputs:
            strand.inputs[name].default_value = value
    n.set(n.out.inputs["Surface"], strand.outputs[0])
    return n.material


def plain_hair(colour):
    """Create lashes, brows and stubble, which are too short for light to pass from hair to hair."""
    n = Nodes("plain hair")
    n.principled(Base_Color=(*linear(colour), 1), Roughness=0.5, Specular_IOR_Level=0.25)
    return n.material


@lru_cache(maxsize=16)
def cloth_colours(path, colour):
    """Recolour a texture's folds and seams; returns blender.pixels."""
    texture = picture(path)
    grey = texture[..., :3].mean(-1)
    solid = texture[..., 3] > 0.5
    # Blurred, because the print on the chest would show; the material adds the weave.
    folds = np.clip(1 + 0.3 * (cv2.GaussianBlur(grey, (0, 0), 12) / grey[solid].mean() - 1), 0.6, 1.3)
    return pixels(np.clip(folds[..., None] * np.asarray(colour), 0, 1))


def cloth(path, colour):
    """Create woven cloth with some wool."""
    n = Nodes("cloth")
    n.principled(
        Base_Color=n.image(cloth_colours(path, colour)).outputs[0],
        Roughness=0.85,
        Specular_IOR_Level=0.15,
        Sheen_Weight=0.25,
        Sheen_Roughness=0.5,
    )
    weave = n.math(
        "ADD", n.math("MULTIPLY", n.noise(70.0, 2.0), 0.35), n.math("MULTIPLY", n.noise(7.0, 3.0), 1.0)
    )
    n.bump(weave, 0.018)
    return n.material


def paper():
    n = Nodes("paper")
    n.principled(Base_Color=(*linear((0.76, 0.73, 0.58)), 1), Roughness=0.8)
    return n.material


def leather(path):
    n = Nodes("leather")
    n.principled(Base_Color=n.image(picture(path)[..., :3]).outputs[0], Roughness=0.45)
    return n.material
