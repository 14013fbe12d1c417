"""The small part of Blender that the scene needs: meshes, strands, images, nodes, lamps, a camera.

People are in decimetres with y up and look along +z; Blender has z up. `axes` converts.
"""

import math

import bpy
import numpy as np
from makehuman import Mesh

THREADS = 0  # threads used by Cycles; 0 for one per core


def axes(vertices):
    """Convert coordinates (..., 3) from y up to z up."""
    return np.stack([vertices[..., 0], -vertices[..., 2], vertices[..., 1]], -1)


def clear(samples, seed, size):
    """Create an empty scene for one picture of size (width, height), rendered by Cycles on the CPU."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    cycles = scene.cycles
    cycles.device = "CPU"
    cycles.samples, cycles.seed = samples, seed
    cycles.use_adaptive_sampling = False
    cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
    cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
    cycles.denoising_prefilter = "ACCURATE"  # with "FAST", backlit hair gets dotted
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 3, 2, 1
    cycles.transmission_bounces = 2
    cycles.transparent_max_bounces = 4
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 4.0
    render = scene.render
    render.film_transparent = False
    render.resolution_x, render.resolution_y = size
    render.resolution_percentage = 100
    render.use_persistent_data = False
    render.threads_mode, render.threads = ("FIXED", THREADS) if THREADS else ("AUTO", 1)
    scene.view_settings.view_transform = "Raw"
    image = render.image_settings
    image.file_format, image.color_mode, image.color_depth = "OPEN_EXR", "RGB", "32"
    return scene


def link(name, data):
    thing = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(thing)
    return thing


def add_mesh(name, part, vertices, materials, slots=None, uv=None, subdivide=0, rest=None):
    """Add a smooth mesh of `part` (a makehuman.Mesh) over vertices (n, 3), in the people's axes.

    materials: one, or several with slots (p,), each polygon's index. uv (k, 2) replaces the part's
    own. rest (n, 3): an attribute that ties patterns to the surface.
    """
    polygons = part.polygons
    sides = (polygons >= 0).sum(1)
    corners = polygons[polygons >= 0]
    source = part.source[corners]
    used, index = np.unique(source, return_inverse=True)
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(len(used))
    mesh.vertices.foreach_set("co", axes(vertices[used]).astype(np.float32).ravel())
    mesh.loops.add(len(corners))
    mesh.loops.foreach_set("vertex_index", index.ravel().astype(np.int32))
    mesh.polygons.add(len(sides))
    mesh.polygons.foreach_set("loop_start", np.r_[0, np.cumsum(sides)[:-1]].astype(np.int32))
    mesh.update(calc_edges=True)
    layer = mesh.uv_layers.new(name="uv")
    layer.data.foreach_set("uv", (part.uv if uv is None else uv)[corners].astype(np.float32).ravel())
    for material in materials if isinstance(materials, list) else [materials]:
        mesh.materials.append(material)
    if slots is not None:
        mesh.polygons.foreach_set("material_index", slots.astype(np.int32))
    if rest is not None:
        attribute = mesh.attributes.new("rest", "FLOAT_VECTOR", "POINT")
        attribute.data.foreach_set("vector", rest[used].astype(np.float32).ravel())
    mesh.validate()
    mesh.shade_smooth()
    thing = link(name, mesh)
    if subdivide:
        modifier = thing.modifiers.new("finer", "SUBSURF")
        modifier.levels = modifier.render_levels = subdivide
        modifier.uv_smooth = "PRESERVE_BOUNDARIES"
    return thing


def add_strands(name, paths, radius, material, thin=0.25, tone=None):
    """Add strands (n, points, 3), given the radius at the root and `thin`, the tip's share of it.

    tone (n,): an attribute by which the material may colour each strand.
    """
    n, k, _ = paths.shape
    curves = bpy.data.hair_curves.new(name)
    curves.add_curves([k] * n)
    curves.points.foreach_set("position", axes(paths).astype(np.float32).ravel())
    t = np.linspace(0, 1, k)
    shape = (1 - (1 - thin) * t**1.5) * (0.55 + 0.45 * np.minimum(1, 5 * t))
    curves.points.foreach_set("radius", np.tile(radius * shape, n).astype(np.float32))
    if tone is not None:
        attribute = curves.attributes.new("tone", "FLOAT", "CURVE")
        attribute.data.foreach_set("value", tone.astype(np.float32))
    curves.materials.append(material)
    return link(name, curves)


def add_lamp(at, size, radiance, colour):
    """Add a square lamp at (3,) that faces the origin, size in decimetres, invisible to the camera."""
    lamp = bpy.data.lights.new("lamp", "AREA")
    lamp.shape, lamp.size, lamp.size_y = "RECTANGLE", size, size
    lamp.energy, lamp.color = radiance * math.pi * size * size, tuple(float(c) for c in colour)
    thing = link("lamp", lamp)
    x, y, z = (float(v) for v in axes(np.asarray(at)))
    thing.location = x, y, z
    flat = math.hypot(x, y)
    thing.rotation_euler = math.atan2(flat, z), 0.0, math.atan2(x, -y)
    thing.visible_camera = False
    return thing


def add_room(tones, background):
    """Add ambient light that depends on height, and the background that the camera sees.

    tones: {height from 0 (below) to 1 (above): linear RGB}; background: linear RGB (h, w, 3).
    """
    world = bpy.data.worlds.new("room")
    bpy.context.scene.world = world
    world.use_nodes = True
    world.cycles.sampling_method, world.cycles.sample_map_resolution = "MANUAL", 64
    tree = world.node_tree
    where, split, scale, ramp, image, choose, ray = (
        tree.nodes.new(f"ShaderNode{kind}")
        for kind in ("TexCoord", "SeparateXYZ", "MapRange", "ValToRGB", "TexImage", "MixRGB", "LightPath")
    )
    scale.inputs["From Min"].default_value = -1
    elements = ramp.color_ramp.elements
    elements.remove(elements[1])
    for k, (height, colour) in enumerate(tones.items()):
        element = elements[0] if k == 0 else elements.new(height)
        element.position, element.color = height, (*(float(c) for c in colour), 1)
    flat, height, width = pixels(background)
    image.image = bpy.data.images.new("background", width, height, float_buffer=True)
    image.image.colorspace_settings.name = "Non-Color"
    image.image.pixels.foreach_set(flat)
    image.extension = "EXTEND"
    for a, b in (
        (where.outputs["Generated"], split.inputs[0]),
        (split.outputs["Z"], scale.inputs[0]),
        (scale.outputs[0], ramp.inputs[0]),
        (where.outputs["Window"], image.inputs[0]),
        (ray.outputs["Is Camera Ray"], choose.inputs[0]),
        (ramp.outputs[0], choose.inputs[1]),
        (image.outputs[0], choose.inputs[2]),
        (choose.outputs[0], tree.nodes["Background"].inputs[0]),
    ):
        tree.links.new(a, b)


def add_camera(at, degrees):
    """Add a camera at (3,) that looks along -z of the people's axes, with a field of view `degrees` high."""
    camera = bpy.data.cameras.new("camera")
    camera.sensor_fit, camera.angle_y, camera.clip_end = "VERTICAL", math.radians(degrees), 1000
    thing = link("camera", camera)
    thing.location, thing.rotation_euler = axes(np.asarray(at)).tolist(), (math.pi / 2, 0, 0)
    bpy.context.scene.camera = thing


def render(path):
    """Render to an EXR file; returns float32 (h, w, 3), linear RGB, top row first."""
    scene = bpy.context.scene
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(str(path))
    pixels = np.empty(image.size[0] * image.size[1] * 4, np.float32)
    image.pixels.foreach_get(pixels)
    return pixels.reshape(image.size[1], image.size[0], 4)[::-1, :, :3].copy()


def linear(srgb):
    """Convert sRGB in [0, 1] to linear."""
    srgb = np.asarray(srgb, np.float32)
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def pixels(image):
    """Convert an image (h, w), (h, w, 3) or (h, w, 4) in [0, 1] to Blender's form: (flat, height, width)."""
    image = np.asarray(image, np.float32)
    out = np.ones((*image.shape[:2], 4), np.float32)
    out[..., : 3 if image.ndim == 2 else image.shape[2]] = image[..., None] if image.ndim == 2 else image
    return out[::-1].ravel(), *image.shape[:2]


class Nodes:
    """A material under construction: nodes by type, linked by name."""

    def __init__(self, name):
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.surface = self.tree.nodes["Principled BSDF"]
        self.out = self.tree.nodes["Material Output"]

    def new(self, kind, *inputs, **settings):
        """Add a node; each input is a number, a colour, a socket, or None to leave it."""
        node = self.tree.nodes.new(f"ShaderNode{kind}")
        for key, value in settings.items():
            setattr(node, key, value)
        for socket, value in zip(node.inputs, inputs, strict=False):
            self.set(socket, value)
        return node

    def set(self, socket, value):
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        elif value is not None:
            socket.default_value = value

    def principled(self, **inputs):
        """Set inputs of the surface by name, with "_" for a space."""
        for name, value in inputs.items():
            self.set(self.surface.inputs[name.replace("_", " ")], value)

    def image(self, image, colour=True):
        """Add a texture node of an image (h, w, channels) or of the output of `pixels`."""
        flat, height, width = image if isinstance(image, tuple) else pixels(image)
        image = bpy.data.images.new("map", width, height, alpha=True)
        image.colorspace_settings.name = "sRGB" if colour else "Non-Color"
        image.alpha_mode = "CHANNEL_PACKED"
        image.pixels.foreach_set(flat)
        return self.new("TexImage", image=image, extension="EXTEND", interpolation="Cubic")

    def math(self, operation, *inputs):
        return self.new("Math", *inputs, operation=operation).outputs[0]

    def noise(self, scale, detail=3.0):
        """Add noise in [0, 1] that is tied to the mesh, `scale` waves per decimetre."""
        where = self.new("Attribute", attribute_name="rest").outputs["Vector"]
        node = self.new("TexNoise")
        self.set(node.inputs["Vector"], where)
        self.set(node.inputs["Scale"], scale)
        self.set(node.inputs["Detail"], detail)
        return node.outputs[0]

    def bump(self, height, distance, strength=1.0):
        """Return normals of a height map in [0, 1], where 1 is `distance` decimetres."""
        node = self.new("Bump")
        self.set(node.inputs["Strength"], strength)
        self.set(node.inputs["Distance"], distance)
        self.set(node.inputs["Height"], height)
        self.set(self.surface.inputs["Normal"], node.outputs[0])


def quad():
    """Return one rectangle as a makehuman.Mesh over four vertices."""
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
    return Mesh(np.arange(4), uv, np.array([[0, 1, 2], [0, 2, 3]]), np.array([[0, 1, 2, 3]]))
