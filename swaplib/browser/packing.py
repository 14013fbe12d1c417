"""A decoder's weights, sliders and pictures as one file that a browser reads: a pack.

A pack is gzip of: 8 bytes with the length of a JSON text, that text, and the arrays it lists, each at a
multiple of 16 bytes. `js/pack.mjs` reads it, `js/network.mjs` has the layout of the weights.
"""

import gzip
import json
from typing import Any

import cv2
import numpy as np

from swaplib.files.picture import as_bytes
from swaplib.latent import Values

EIGHT = 8  # channels that the kernel computes at a time
LEVELS = 127  # of an 8-bit weight, either way
HEADROOM = 1.5  # times the largest activation seen is what 16 bits can hold: sliders go further than data


def pack(meta: dict[str, Any], arrays: dict[str, np.ndarray]) -> bytes:
    """A pack of JSON data and arrays (int8, uint8, float16 or float32); the same bytes each time."""
    listed, parts, at = {}, [], 0
    for name, array in arrays.items():
        raw = np.ascontiguousarray(array).tobytes()
        listed[name] = [at, str(array.dtype), list(array.shape)]
        parts += [raw, bytes(-len(raw) % 16)]
        at += len(raw) + -len(raw) % 16
    text = json.dumps({"meta": meta, "arrays": listed}, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 8) % 16)
    return gzip.compress(len(text).to_bytes(8, "little") + text + b"".join(parts), 9, mtime=0)


def network(decoders: dict[str, Any], codes: np.ndarray, name: str = "net") -> tuple[dict, dict]:
    """A network's (meta, arrays) for a `pack`: its decoders {who: keras.Model}, with 8 bits a weight.

    Decoders that share a stem share its arrays. codes: float32 (n, code_size), such as pictures have, to see
    how large activations get. Only the decoders of `networks` are understood: a dense layer, transposed
    convolutions 4 x 4, and a last convolution 3 x 3.
    """
    arrays: dict[str, np.ndarray] = {}
    seen: dict[int, str] = {}
    meta: dict[str, Any] = {"prefix": name, "decoders": {}}
    for who, decoder in decoders.items():
        layers, names = _layers(decoder), []
        size, code = decoder.output_shape[1], decoder.input_shape[1]
        small = size >> (len(layers) - 2)
        for place, layer in enumerate(layers):
            if id(layer) not in seen:
                seen[id(layer)] = f"{name}_{who}_{place}"
                arrays |= _packed(layer, seen[id(layer)], small if place == 0 else 0, layer is layers[-1])
            names.append(seen[id(layer)])
        meta |= {"size": size, "code": code, "small": small}
        meta["channels"] = [_up(layers[0].kernel.shape[1] // small**2)]
        meta["channels"] += [_up(layer.kernel.shape[2]) for layer in layers[1:-1]]
        meta["decoders"][who] = {"layers": names, "peaks": _peaks(layers, codes, small)}
    return meta, arrays


def _layers(decoder):
    """The layers with weights, in order, those of a stem among them."""
    out = []
    for layer in decoder.layers:
        if hasattr(layer, "layers"):
            out += _layers(layer)
        elif layer.weights:
            out.append(layer)
    return out


def _up(channels):
    """The next multiple of eight."""
    return -(-channels // EIGHT) * EIGHT


def _peaks(layers, codes, small):
    """The largest activation behind each layer but the last, with headroom."""
    from keras import ops

    x, peaks = ops.convert_to_tensor(np.asarray(codes, np.float32)), []
    for place, layer in enumerate(layers[:-1]):
        x = layer(x)
        peaks.append(HEADROOM * float(ops.max(ops.abs(x))))
        if place == 0:
            x = ops.reshape(x, (len(codes), small, small, -1))
    return peaks


def _packed(layer, name, small, last):
    """Arrays of a layer: weights in whole numbers in the kernel's order, scale and bias of its outputs.

    small: of the first layer, the pixels of a row that it makes; 0 of the others.
    """
    kernel, bias = np.asarray(layer.kernel, np.float32), np.asarray(layer.bias, np.float32)
    if small:
        kernel = _padded(kernel.reshape(len(kernel), small**2, -1), {2: EIGHT}).reshape(len(kernel), -1)
        bias = _padded(bias.reshape(small**2, -1), {1: EIGHT}).ravel()
        whole, scale = _whole(kernel, 1)
        ordered = whole.reshape(len(kernel), -1, EIGHT).swapaxes(0, 1)
    elif last:
        kernel, bias = _padded(kernel, {2: EIGHT, 3: 4}), _padded(bias, {0: 4})
        whole, scale = _whole(kernel, 3)
        ordered = _pairs(whole.reshape(9, -1, 4))
    else:
        kernel, bias = _padded(kernel, {2: EIGHT, 3: EIGHT}), _padded(bias, {0: EIGHT})
        whole, scale = _whole(kernel, 2)
        ordered = _pairs(_by_parity(whole))
    return {f"{name}_w": ordered, f"{name}_s": scale, f"{name}_b": bias}


def _padded(array, multiples):
    """An array with zeros added so that the length of some axes, {axis: k}, is a multiple of k."""
    widths = [(0, -n % multiples.get(axis, 1)) for axis, n in enumerate(array.shape)]
    return np.pad(array, widths)


def _whole(kernel, axis):
    """(int8 weights, float32 scale of each output): symmetric, the largest weight of an output is 127."""
    others = tuple(k for k in range(kernel.ndim) if k != axis)
    scale = np.abs(kernel).max(axis=others, keepdims=True) / LEVELS
    scale[scale == 0] = 1
    return np.round(kernel / scale).astype(np.int8), scale.reshape(-1).astype(np.float32)


def _by_parity(kernel):
    """Keras's (4, 4, out, in) -> (4 parities, out / 8, 4 taps, in, 8): the four convolutions that it is."""
    out, into = kernel.shape[2:]
    ordered = np.empty((4, out // EIGHT, 4, into, EIGHT), kernel.dtype)
    for parity in range(4):
        for tap in range(4):
            row, column = (_tap(tap >> 1, parity >> 1), _tap(tap & 1, parity & 1))
            ordered[parity, :, tap] = kernel[row, column].reshape(-1, EIGHT, into).swapaxes(1, 2)
    return ordered


def _tap(tap, parity):
    """Which of the four weights of a row falls on the tap (0 or 1) of outputs of a parity."""
    return 3 - 2 * tap - parity


def _pairs(ordered):
    """(..., in, k) -> (..., in / 2, k, 2): two inputs side by side, as the kernel multiplies them."""
    *front, into, k = ordered.shape
    return ordered.reshape(*front, into // 2, 2, k).swapaxes(-1, -2)


def values(values: Values) -> tuple[dict, dict]:
    """Sliders' (meta, arrays) for a `pack`; their weights in half precision, as they are shipped."""
    words = {"names": list(values.names), "known": list(values.known)}
    words |= {name: getattr(values, name).tolist() for name in ("low", "high", "middle", "scale")}
    words["maps"] = {name: np.asarray(pair).tolist() for name, pair in values.maps.items()}
    words["aside"] = {
        name: {other: np.asarray(pair).tolist() for other, pair in held.items()}
        for name, held in values.compensation.items()
    }
    return words, {"values": values.weights.astype(np.float16)}


def sheet(rows: list[np.ndarray], quality: int = 85) -> np.ndarray:
    """Pictures in rows (each (n, size, size, 3) in [0, 1]) as one WebP file: uint8 bytes for a `pack`."""
    picture = np.concatenate([np.concatenate(list(row), axis=1) for row in rows])
    done, file = cv2.imencode(".webp", as_bytes(picture)[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, quality])
    assert done
    return file.ravel()
