"""Both decoders of the page by onnxruntime-web, to compare with; nothing of it is shipped.

It needs `pip install onnx` and `npm install onnxruntime-web`; `page.py --onnx FOLDER` names the npm folder.
"""

import shutil
from pathlib import Path

import numpy as np

SLOPE = 0.2  # of Keras's "leaky_relu"
FILES = ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")
PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<canvas width="SIZE" height="SIZE"></canvas><canvas width="SIZE" height="SIZE"></canvas>
<script type="module">
import * as ort from "./ort.wasm.min.mjs";
ort.env.wasm.numThreads = 1; // more need a page that is cross-origin isolated
const session = await ort.InferenceSession.create("./both.onnx", {executionProviders: ["wasm"]});
const inks = [...document.querySelectorAll("canvas")].map((c) => c.getContext("2d"));
const side = SIZE, plane = side * side;
window.draw = async (code) => {
  const numbers = new ort.Tensor("float32", Float32Array.from(code), [1, code.length]);
  const made = await session.run({code: numbers});
  return ["a", "b"].map((who, k) => {
    const from = made[who].data, image = new ImageData(side, side), to = image.data;
    for (let i = 0; i < plane; i++) {
      for (let c = 0; c < 3; c++) to[4 * i + c] = 255 * from[c * plane + i] + 0.5;
      to[4 * i + 3] = 255;
    }
    inks[k].putImageData(image, 0, 0);
    return image;
  });
};
document.body.dataset.ready = "";
</script>"""


def prepare(decoders, npm, folder):
    """Write a page that draws with the decoders {"a", "b"} into a folder; returns the megabytes to load.

    npm: where node_modules lies.
    """
    import onnx

    from swaplib.browser.packing import _layers

    layers = {who: _layers(decoder) for who, decoder in decoders.items()}
    size, code = decoders["a"].output_shape[1], decoders["a"].input_shape[1]
    nodes, weights = [], {}

    def node(kind, inputs, **attributes):
        name = f"t{len(nodes)}"
        nodes.append(onnx.helper.make_node(kind, inputs, [name], **attributes))
        return name

    def weight(array):
        array = np.asarray(array, np.int64 if isinstance(array, list) else np.float32)
        name = f"w{len(weights)}"
        weights[name] = onnx.numpy_helper.from_array(array, name)
        return name

    done = {}  # a layer that both share is there once
    for who, some in layers.items():
        x, small = "code", size >> (len(some) - 2)
        for place, layer in enumerate(some):
            if id(layer) not in done:
                kernel, bias = np.asarray(layer.kernel), weight(layer.bias)
                if place == 0:
                    x = node("Gemm", [x, weight(kernel), bias])
                    x = node("LeakyRelu", [x], alpha=SLOPE)
                    x = node("Reshape", [x, weight([1, small, small, -1])])
                    x = node("Transpose", [x], perm=[0, 3, 1, 2])
                elif layer is some[-1]:
                    x = node(
                        "Sigmoid",
                        [node("Conv", [x, weight(kernel.transpose(3, 2, 0, 1)), bias], pads=[1] * 4)],
                    )
                else:
                    inputs = [x, weight(kernel.transpose(3, 2, 0, 1)), bias]
                    x = node("ConvTranspose", inputs, strides=[2, 2], pads=[1] * 4)
                    x = node("LeakyRelu", [x], alpha=SLOPE)
                done[id(layer)] = x
            x = done[id(layer)]
        nodes.append(onnx.helper.make_node("Identity", [x], [who]))
    value = onnx.helper.make_tensor_value_info
    outputs = [value(who, onnx.TensorProto.FLOAT, [1, 3, size, size]) for who in decoders]
    graph = onnx.helper.make_graph(
        nodes, "both", [value("code", onnx.TensorProto.FLOAT, [1, code])], outputs, list(weights.values())
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    folder = Path(folder)
    (folder / "both.onnx").write_bytes(model.SerializeToString())
    for name in FILES:
        shutil.copy(Path(npm) / "node_modules" / "onnxruntime-web" / "dist" / name, folder)
    (folder / "index.html").write_text(PAGE.replace("SIZE", str(size)))
    return sum((folder / name).stat().st_size for name in FILES) / 1e6
