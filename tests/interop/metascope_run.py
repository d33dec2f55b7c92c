"""Reads a run that Metascope has kept, and computes what its network computes, in NumPy and in PyTorch.

    from metascope_run import Run
    run = Run("results/run.safetensors")
    y = run(x)                          # NumPy: outputs at φ, rows × outputs
    y = run(x, run.parameters("best"))  # at the best state on the way
    model = run.module()                # PyTorch: the same as a torch.nn.Module
    adapted = run.adapt(support_x, support_y, rate=0.01, steps=5)(x)

Needs numpy and safetensors; torch only for what says so. Inputs are those of the tasks: a column of x for sine curves,
codes for classes, features of the place of a pixel for pictures.
"""

import tomllib

import numpy as np
from safetensors import safe_open

ACTIVATIONS = {
    "tanh": lambda z, w0: np.tanh(z),
    "relu": lambda z, w0: np.maximum(z, 0),
    "sine": lambda z, w0: np.sin(w0 * z),
    "silu": lambda z, w0: z / (1 + np.exp(-z)),
}


class Run:
    """A kept run: its settings, its facts and its tensors."""

    def __init__(self, path):
        with safe_open(path, framework="numpy") as file:
            told = tomllib.loads(file.metadata()["metascope"])
            self.tensors = {name: file.get_tensor(name) for name in file.keys()}
        self.meta_iteration = told["meta_iteration"]
        self.settings = told["experiment"]
        self.images = told.get("images")
        self.facts = told["facts"]
        self.network = self.facts["network"]

    def parameters(self, of="now"):
        """W1, b1, … and the context at φ of the present state, of the "best" one, or of "joint" pretraining."""
        prefix = {"now": "phi/", "best": "best/phi/", "joint": "joint/"}[of]
        return {name[len(prefix):]: value for name, value in self.tensors.items() if name.startswith(prefix)}

    def __call__(self, x, parameters=None):
        """Outputs (rows × outputs) for inputs (rows × inputs)."""
        own = self.parameters() if parameters is None else parameters
        activation, w0 = ACTIVATIONS[self.network["activation"]], self.network.get("w0", 1.0)
        h = np.asarray(x, dtype=np.float32)
        h = np.concatenate([h, np.broadcast_to(own["context"], (len(h), len(own["context"])))], axis=1)
        layers = len(self.network["widths"]) - 1
        for layer in range(1, layers + 1):
            z = h @ own[f"W{layer}"] + own.get(f"b{layer}", np.float32(0))
            if layer == layers:
                return z
            above = activation(z, np.float32(w0))
            h = above + h if self.is_residual(layer) else above

    def is_residual(self, layer):
        """Whether hidden layer 1, 2, … adds its input to its output."""
        widths = self.network["widths"]
        return self.network["residual"] and layer > 1 and widths[layer - 1] == widths[layer]

    def module(self, of="now"):
        """The network as a torch.nn.Module whose parameters are called W1, b1, …, context."""
        import torch

        run = self

        class Module(torch.nn.Module):
            def __init__(self):
                super().__init__()
                for name, value in run.parameters(of).items():
                    self.register_parameter(name, torch.nn.Parameter(torch.from_numpy(value.copy())))

            def forward(self, x, parameters=None):
                own = dict(self.named_parameters()) if parameters is None else parameters
                w0 = run.network.get("w0", 1.0)
                activation = {
                    "tanh": torch.tanh,
                    "relu": torch.relu,
                    "sine": lambda z: torch.sin(w0 * z),
                    "silu": torch.nn.functional.silu,
                }[run.network["activation"]]
                h = torch.cat([x, own["context"].expand(len(x), -1)], dim=1)
                layers = len(run.network["widths"]) - 1
                for layer in range(1, layers + 1):
                    z = h @ own[f"W{layer}"]
                    if f"b{layer}" in own:
                        z = z + own[f"b{layer}"]
                    if layer == layers:
                        return z
                    h = activation(z) + h if run.is_residual(layer) else activation(z)

        return Module()

    def loss(self, outputs, targets):
        """The loss that the run adapts by: squared error, or softmax cross-entropy where classes are told apart."""
        import torch

        if self.settings["run"]["tasks"] in ("classify", "cluster"):
            return -(targets * torch.log_softmax(outputs, dim=1)).sum(dim=1).mean()
        return ((outputs - targets) ** 2).mean()

    def adapt(self, x, y, rate, steps, of="now"):
        """MAML's inner loop: so many steps of gradient descent on the support; a function of inputs."""
        import torch

        module = self.module(of)
        x, y = torch.as_tensor(x), torch.as_tensor(y)
        own = dict(module.named_parameters())
        for _ in range(steps):
            used = {name: value for name, value in own.items() if value.numel()}
            gradients = torch.autograd.grad(self.loss(module(x, own), y), list(used.values()))
            own = own | {name: value - rate * gradient for (name, value), gradient in zip(used.items(), gradients)}
        return lambda x: module(torch.as_tensor(x), own).detach().numpy()
