"""PyTorch in its two functional forms: `torch.func` eagerly, and the same functions under `torch.compile`.

* Tasks are a `torch.func.vmap`, gradients `torch.func.grad`; the exact meta-gradient is `grad` of a loss that itself
  calls `grad`.  For the classes there is also a Python loop over tasks, which the compiler unrolls.
* Compiled, the whole meta-iteration is one graph: sampling, inner loop, meta-gradient and Adam; the graph's wrapper is
  C++, not Python, as calls cost most at these sizes.
* Eagerly only the sine tasks are measured; pictures and classes are compiled.
* The compiler turns PyTorch's own sine into vector code, so that no polynomial is needed.

Float32 throughout.  Flags and answers: see peer.py.
"""

import itertools
import math
import types
from functools import partial

import peer

OPTIONS = peer.arguments()
peer.limit_threads(OPTIONS.threads)
try:
    import torch
    from torch.func import grad, vmap
except ImportError as error:
    peer.missing("torch.compile and torch.func", error)

torch.set_num_threads(OPTIONS.threads)


# Meta-gradients of one task.  Parameters, rates and gradients are lists of tensors; `loss(params, *batch)`; `support`
# holds one batch for each inner step.


def descend(params, rates, gradient):
    return [p - a * g for p, a, g in zip(params, rates, gradient)]


def adapted(loss, params, rates, support):
    for batch in support:
        params = descend(params, rates, grad(loss)(params, *batch))
    return params


def exact_gradient(loss, params, rates, support, query):
    """MAML."""
    return grad(lambda p: loss(adapted(loss, p, rates, support), *query))(params)


def rates_gradient(loss, params, log_rates, support, query):
    """Meta-SGD: MAML that also learns the logarithm of each parameter's inner rate."""

    def adapted_loss(params, log_rates):
        rates = [r.exp() for r in log_rates]
        return loss(adapted(loss, params, rates, support), *query)

    net_part, rates_part = grad(adapted_loss, argnums=(0, 1))(params, log_rates)
    return net_part + rates_part


def first_order_gradient(loss, params, rates, support, query):
    """FOMAML: the query gradient at the adapted parameters."""
    return grad(loss)(adapted(loss, params, rates, support), *query)


def reptile_gradient(loss, params, rates, support, query):
    """Reptile: the initial parameters less the adapted ones."""
    del query
    return [p - q for p, q in zip(params, adapted(loss, params, rates, support))]


GRADIENTS = {"maml": exact_gradient, "fomaml": first_order_gradient, "reptile": reptile_gradient}


# The outer loop.


def over_tasks_vmap(task_gradient, tasks):
    """The mean over tasks, all at once."""
    return [g.mean(0) for g in vmap(task_gradient)(*tasks)]


def over_tasks_loop(task_gradient, tasks):
    """The mean over tasks, one after the other."""
    count = len(tasks[0])
    gradients = [task_gradient(*(t[i] for t in tasks)) for i in range(count)]
    return [sum(g) / count for g in zip(*gradients)]


OVER_TASKS = {"vmap": over_tasks_vmap, "loop": over_tasks_loop}


def adam_step(params, gradient, means, squares, size, beta2, beta1=0.9, epsilon=1e-8):
    """One step of Adam, in place; `size` is the rate with the corrections for the first steps."""
    for p, g, m, s in zip(params, gradient, means, squares):
        m.lerp_(g, 1 - beta1)
        s.mul_(beta2).addcmul_(g, g, value=1 - beta2)
        p.addcdiv_(m, s.sqrt().add_(epsilon).div_(size).neg_())


def batch_of(meta_gradient, draw, params, length, rate, compiled, beta2=0.999):
    """A batch of `length` meta-iterations; each is one compiled graph, or eager."""
    means, squares = ([torch.zeros_like(p) for p in params] for _ in range(2))
    count = 0

    def meta_iteration(size):
        with torch.no_grad():
            gradient = meta_gradient(params, draw())
            adam_step(params, gradient, means, squares, size, beta2)

    step = meta_iteration
    if compiled:
        step = torch.compile(
            with_own_code(meta_iteration), fullgraph=True, dynamic=False, options={"cpp_wrapper": True}
        )

    def batch():
        nonlocal count
        for _ in range(length):
            count += 1
            # A tensor, as a new number each time would be compiled anew.
            step(torch.tensor(rate * math.sqrt(1 - beta2**count) / (1 - 0.9**count)))
        return length

    return batch


def with_own_code(function):
    """The function with code of its own: the compiler keeps graphs by code, and would search those of all forms."""
    name = f"{function.__name__}_{next(NUMBERS)}"
    code = function.__code__.replace(co_name=name)
    return types.FunctionType(code, function.__globals__, name, function.__defaults__, function.__closure__)


NUMBERS = itertools.count()


def layers(sizes):
    """Weights with He's variance, and zero biases, one after the other, for layers of the given sizes."""
    params = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        params += [torch.randn(inputs, outputs) * math.sqrt(2 / inputs), torch.zeros(outputs)]
    return params


# Sine tasks.


def sine_loss(params, x, y):
    w1, b1, w2, b2, w3, b3 = params
    h = torch.relu(x @ w1 + b1)
    h = torch.relu(h @ w2 + b2)
    return ((h @ w3 + b3 - y) ** 2).mean()


def sine_tasks():
    """Support and query points of all tasks, from one call of the generator."""
    tasks, cut = peer.SINE["tasks"], peer.SINE["support"]
    u = torch.rand(tasks, 2 + cut + peer.SINE["query"], 1)
    amplitude, phase = 0.1 + 4.9 * u[:, :1], math.pi * u[:, 1:2]
    x = 10 * u[:, 2:] - 5
    y = amplitude * torch.sin(x - phase)
    return x[:, :cut], y[:, :cut], x[:, cut:], y[:, cut:]


def build_sine(algorithm, steps, compiled):
    hidden, inner_rate = peer.SINE["hidden"], peer.SINE["inner_rate"]
    torch.manual_seed(0)
    net = layers([1, hidden, hidden, 1])
    learned = list(net)
    if algorithm == "meta-sgd":
        learned += [torch.full_like(p, math.log(inner_rate)) for p in net]

    def meta_gradient(learned, tasks):
        params, log_rates = learned[: len(net)], learned[len(net) :]

        def task_gradient(x, y, query_x, query_y):
            support, query = [(x, y)] * steps, (query_x, query_y)
            if log_rates:
                return rates_gradient(sine_loss, params, log_rates, support, query)
            return GRADIENTS[algorithm](sine_loss, params, [inner_rate] * len(params), support, query)

        return over_tasks_vmap(task_gradient, tasks)

    length = 100 if compiled else 10
    return batch_of(meta_gradient, sine_tasks, learned, length, peer.SINE["outer_rate"], compiled)


# Pictures: a SIREN from a pixel's place to its colour.


def picture_loss(params, x, colour):
    for weights, bias in zip(params[:-2:2], params[1:-2:2]):
        x = torch.sin(peer.PICTURE["w0"] * (x @ weights + bias))
    return ((x @ params[-2] + params[-1] + 0.5 - colour) ** 2).mean()


def siren(sizes):
    """SIREN's initialisation: U(+-1/2) for the first layer, U(+-sqrt(6/inputs)/w0) for the others."""
    params = []
    for index, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        bound = 0.5 if index == 0 else math.sqrt(6 / inputs) / peer.PICTURE["w0"]
        params += [torch.empty(inputs, outputs).uniform_(-bound, bound), torch.zeros(outputs)]
    return params


def build_picture(over_tasks):
    steps, tasks, pixels, side = (peer.PICTURE[k] for k in ("steps", "tasks", "pixels", "side"))
    hidden = peer.PICTURE["hidden"]
    torch.manual_seed(0)
    net = siren([2, hidden, hidden, hidden, 3])
    images = torch.rand(peer.PICTURE["images"], side * side, 3)
    centres = (torch.arange(side) + 0.5) * 2 / side - 1
    places = torch.stack(torch.meshgrid(centres, centres, indexing="ij"), -1).reshape(-1, 2)

    def draw():
        """For each task, pixels for each inner step and for the query."""
        image = torch.randint(len(images), (tasks, 1, 1))
        pixel = torch.randint(side * side, (tasks, steps + 1, pixels))
        return places[pixel], images[image, pixel]

    return build_steps(picture_loss, draw, net, over_tasks, peer.PICTURE)


# Classes: a rectified flow in the space of 48 principal components.


def class_loss(params, inputs, clean):
    """The clean image is predicted from a mix of it with noise and from features of the time."""
    w1, b1, w2, b2, w3, b3 = params
    h = torch.nn.functional.silu(inputs @ w1 + b1)
    h = h + torch.nn.functional.silu(h @ w2 + b2)
    return ((h @ w3 + b3 - clean) ** 2).mean()


def build_class(over_tasks):
    spec = peer.CLASS
    steps, tasks, shots, draws, inputs = (spec[k] for k in ("steps", "tasks", "shots", "draws", "inputs"))
    rows = shots * draws
    torch.manual_seed(0)
    frequencies = torch.tensor(spec["frequencies"])
    net = layers([inputs + 2 * len(frequencies), spec["hidden"], spec["hidden"], inputs])
    images = torch.randn(spec["classes"], spec["images"], inputs)

    def draw():
        """For each task, its support images for each inner step and its other images for the query, each mixed with
        fresh noise at a fresh time."""
        classes = torch.randint(spec["classes"], (tasks, 1))
        order = torch.rand(tasks, spec["images"]).argsort(1)
        chosen = images[classes, order]
        support = chosen[:, None, :shots].expand(-1, steps, -1, -1)
        clean = torch.cat([support, chosen[:, None, shots : 2 * shots]], 1).repeat_interleave(draws, 2)
        noise = torch.randn(tasks, steps + 1, rows, inputs)
        time = (torch.arange(rows)[:, None] + torch.rand(tasks, steps + 1, rows, 1)) / rows
        angles = 2 * math.pi * frequencies * time
        mixed = (1 - time) * noise + time * clean
        return torch.cat([mixed, torch.cos(angles), torch.sin(angles)], -1), clean

    return build_steps(class_loss, draw, net, over_tasks, spec)


def build_steps(loss, draw, net, over_tasks, spec):
    """MAML on tasks with fresh points for each inner step and for the query, compiled."""
    rates = [spec["inner_rate"]] * len(net)

    def meta_gradient(params, tasks):
        def task_gradient(inputs, targets):
            batches = list(zip(inputs.unbind(0), targets.unbind(0)))
            return exact_gradient(loss, params, rates, batches[:-1], batches[-1])

        return over_tasks(task_gradient, tasks)

    return batch_of(meta_gradient, draw, net, 8, spec["outer_rate"], True, spec.get("beta2", 0.999))


def compiled(name, build, *args):
    return peer.Form("torch.compile", name, partial(build, *args))


def cases():
    """Every case with its forms."""
    table = {}
    for case, (algorithm, steps) in peer.SINE_CASES.items():
        eager = peer.Form("torch.func", "vmap", partial(build_sine, algorithm, steps, False))
        table[case] = [compiled("vmap", build_sine, algorithm, steps, True), eager]
    # A loop over tasks is no faster here, and compiles for minutes.
    table["picture/maml-3"] = [compiled("vmap", build_picture, over_tasks_vmap)]
    table["class/maml-5"] = [compiled(name, build_class, over) for name, over in OVER_TASKS.items()]
    return table


if __name__ == "__main__":
    peer.run(OPTIONS, cases())
