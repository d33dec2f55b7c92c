"""JAX at its best on a processor: whole runs of meta-iterations in one compiled program.

* One `jit` over a `lax.scan` of many meta-iterations; sampling, inner loop, meta-gradient and Adam are all inside.
* Tasks are drawn by the fast generator (`unsafe_rbg`), not by the default one.
* Tasks are a `vmap`; for the larger nets there is also a Python loop over tasks, unrolled into the same program.
* The exact meta-gradient comes in two forms: "reverse", `jax.grad` through the inner loop, and "forward",
  Hessian-vector products by `jax.linearize` of each inner gradient, from the last step to the first.
* Pictures come with JAX's own sine and with a polynomial one, whose derivative is a polynomial cosine.

Float32 throughout.  Flags and answers: see peer.py.
"""

import math
import os
from functools import partial

import peer

OPTIONS = peer.arguments()
peer.limit_threads(OPTIONS.threads)
if OPTIONS.threads == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
os.environ["JAX_PLATFORMS"] = "cpu"
try:
    import jax
    import jax.numpy as jnp
except ImportError as error:
    peer.missing("jax", error)

tree = jax.tree_util.tree_map


# The mean over tasks of what `function` gives for one task.


def mean_vmap(function, tasks):
    """All tasks at once."""
    return tree(lambda g: g.mean(0), jax.vmap(function)(tasks))


def mean_loop(function, tasks):
    """One task after the other, in the same compiled program."""
    count = len(jax.tree_util.tree_leaves(tasks)[0])
    results = [function(tree(lambda t: t[i], tasks)) for i in range(count)]
    return tree(lambda *g: sum(g) / count, *results)


MEANS = {"vmap": mean_vmap, "loop": mean_loop}


# Meta-gradients with respect to (params, rates).  `loss(params, batch)`; a task is its support, a list of one batch for
# each inner step, and its query, one batch; `mean` is one of the above.


def descend(params, rates, gradient):
    return tree(lambda p, a, g: p - a * g, params, rates, gradient)


def adapted(loss, params, rates, support):
    for batch in support:
        params = descend(params, rates, jax.grad(loss)(params, batch))
    return params


def reverse(loss, params, rates, tasks, mean):
    """The exact gradient, by reverse mode through the inner loops of all tasks."""

    def mean_loss(params, rates):
        return mean(lambda task: loss(adapted(loss, params, rates, task[0]), task[1]), tasks)

    return jax.grad(mean_loss, argnums=(0, 1))(params, rates)


def forward(loss, params, rates, tasks, mean):
    """The same by Hessian-vector products: forward mode over each inner gradient, last step first."""

    def task_gradient(task):
        support, query = task
        steps, here = [], params
        for batch in support:
            gradient, hessian_times = jax.linearize(lambda p: jax.grad(loss)(p, batch), here)
            steps.append((gradient, hessian_times))
            here = descend(here, rates, gradient)
        v = jax.grad(loss)(here, query)
        rates_gradient = tree(jnp.zeros_like, v)
        for gradient, hessian_times in reversed(steps):
            rates_gradient = tree(lambda r, g, v: r - g * v, rates_gradient, gradient, v)
            v = tree(jnp.subtract, v, hessian_times(tree(jnp.multiply, rates, v)))
        return v, rates_gradient

    return mean(task_gradient, tasks)


def first_order(loss, params, rates, tasks, mean):
    """FOMAML: the query gradient at the adapted parameters."""
    return mean(lambda task: jax.grad(loss)(adapted(loss, params, rates, task[0]), task[1]), tasks), None


def reptile(loss, params, rates, tasks, mean):
    """Reptile: the initial parameters less the adapted ones."""
    return mean(lambda task: tree(jnp.subtract, params, adapted(loss, params, rates, task[0])), tasks), None


EXACT = {"reverse": reverse, "forward": forward}
GRADIENTS = {"maml": EXACT, "meta-sgd": EXACT, "fomaml": {"first order": first_order}, "reptile": {"": reptile}}


# The outer loop.


def adam(params, gradient, moments, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """One step of Adam; `moments` are the step count, the mean and the mean square."""
    count, mean, square = moments
    count = count + 1
    mean = tree(lambda m, g: beta1 * m + (1 - beta1) * g, mean, gradient)
    square = tree(lambda s, g: beta2 * s + (1 - beta2) * g * g, square, gradient)
    size = rate * jnp.sqrt(1 - beta2**count) / (1 - beta1**count)
    params = tree(lambda p, m, s: p - size * m / (jnp.sqrt(s) + epsilon), params, mean, square)
    return params, (count, mean, square)


def scan_of(meta_gradient, draws, params, length, rate, beta2=0.999):
    """A batch of `length` meta-iterations as one compiled program, which goes on from where the last one ended.
    `draws(key, length)` gives what each of them is handed."""

    def meta_iteration(state, drawn):
        params, moments = state
        gradient = meta_gradient(params, drawn)
        return adam(params, gradient, moments, rate, beta2=beta2), None

    @partial(jax.jit, donate_argnums=0)
    def run(state, key):
        key, here = jax.random.split(key)
        state, _ = jax.lax.scan(meta_iteration, state, draws(here, length))
        return state, key

    mean, square = (tree(jnp.zeros_like, params) for _ in range(2))
    held = [(params, (jnp.float32(0), mean, square)), fast_key(1)]

    def batch():
        held[:] = jax.block_until_ready(run(*held))
        return length

    return batch


def fast_key(seed):
    return jax.random.key(seed, impl="unsafe_rbg")


def layers(key, sizes):
    """Weights with He's variance, and zero biases, for layers of the given sizes."""
    pairs = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        key, here = jax.random.split(key)
        weights = jax.random.normal(here, (inputs, outputs)) * math.sqrt(2 / inputs)
        pairs.append((weights, jnp.zeros(outputs)))
    return pairs


# Sine tasks.


def sine_loss(params, batch):
    x, y = batch
    for weights, bias in params[:-1]:
        x = jax.nn.relu(x @ weights + bias)
    weights, bias = params[-1]
    return jnp.mean((x @ weights + bias - y) ** 2)


def sine_tasks(key, length):
    """Support and query points of all tasks of `length` meta-iterations, from one call of the generator."""
    tasks, points = peer.SINE["tasks"], peer.SINE["support"] + peer.SINE["query"]
    u = jax.random.uniform(key, (length, tasks, 2 + points, 1))
    amplitude, phase = 0.1 + 4.9 * u[:, :, :1], math.pi * u[:, :, 1:2]
    x = 10 * u[:, :, 2:] - 5
    y = amplitude * jnp.sin(x - phase)
    cut = peer.SINE["support"]
    return (x[:, :, :cut], y[:, :, :cut]), (x[:, :, cut:], y[:, :, cut:])


def build_sine(learns_rates, steps, gradient):
    hidden, inner_rate = peer.SINE["hidden"], peer.SINE["inner_rate"]
    net = layers(fast_key(0), [1, hidden, hidden, 1])

    def meta_gradient(learned, drawn):
        # Each inner step sees the same support points.
        tasks = ([drawn[0]] * steps, drawn[1])
        if not learns_rates:
            return gradient(sine_loss, learned, tree(lambda p: inner_rate, learned), tasks, mean_vmap)[0]
        net, log_rates = learned
        rates = tree(jnp.exp, log_rates)
        net_part, rates_part = gradient(sine_loss, net, rates, tasks, mean_vmap)
        return net_part, tree(jnp.multiply, rates_part, rates)

    log_rates = tree(lambda p: jnp.full_like(p, math.log(inner_rate)), net)
    learned = (net, log_rates) if learns_rates else net
    return scan_of(meta_gradient, sine_tasks, learned, 400 // steps, peer.SINE["outer_rate"])


# Pictures: a SIREN from a pixel's place to its colour.


def turns_sine(turns):
    """The sine of 2 pi turns by a polynomial, to 1e-5: folded to a quarter turn either side of zero."""
    r = turns - jnp.round(turns)
    r = jnp.where(jnp.abs(r) > 0.25, jnp.copysign(0.5, r) - r, r)
    s = 2 * math.pi * r
    s2 = s * s
    return s * (1 + s2 * (-1 / 6 + s2 * (1 / 120 + s2 * (-1 / 5040 + s2 / 362880))))


@jax.custom_jvp
def polynomial_sine(x):
    return turns_sine(x * (0.5 / math.pi))


@jax.custom_jvp
def polynomial_cosine(x):
    return turns_sine(x * (0.5 / math.pi) + 0.25)


polynomial_sine.defjvps(lambda t, _, x: polynomial_cosine(x) * t)
polynomial_cosine.defjvps(lambda t, _, x: -polynomial_sine(x) * t)

SINES = {"own sine": jnp.sin, "polynomial sine": polynomial_sine}


def picture_loss(sine, params, batch):
    x, colour = batch
    for weights, bias in params[:-1]:
        x = sine(peer.PICTURE["w0"] * (x @ weights + bias))
    weights, bias = params[-1]
    return jnp.mean((x @ weights + bias + 0.5 - colour) ** 2)


def siren(key, sizes):
    """SIREN's initialisation: U(+-1/2) for the first layer, U(+-sqrt(6/inputs)/w0) for the others."""
    pairs = []
    for index, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        key, here = jax.random.split(key)
        bound = 0.5 if index == 0 else math.sqrt(6 / inputs) / peer.PICTURE["w0"]
        pairs.append((jax.random.uniform(here, (inputs, outputs), minval=-bound, maxval=bound), jnp.zeros(outputs)))
    return pairs


def build_picture(sine, mean, gradient):
    steps, tasks, pixels, side = (peer.PICTURE[k] for k in ("steps", "tasks", "pixels", "side"))
    hidden = peer.PICTURE["hidden"]
    net = siren(fast_key(0), [2, hidden, hidden, hidden, 3])
    images = jax.random.uniform(fast_key(2), (peer.PICTURE["images"], side * side, 3))
    centres = (jnp.arange(side) + 0.5) * 2 / side - 1
    places = jnp.stack(jnp.meshgrid(centres, centres, indexing="ij"), -1).reshape(-1, 2)

    def draw(key):
        """For each task, pixels for each inner step and for the query."""
        image_key, pixel_key = jax.random.split(key)
        image = jax.random.randint(image_key, (tasks, 1, 1), 0, len(images))
        pixel = jax.random.randint(pixel_key, (tasks, steps + 1, pixels), 0, side * side)
        return places[pixel], images[image, pixel]

    return build_steps(partial(picture_loss, sine), draw, net, mean, gradient, peer.PICTURE)


# Classes: a rectified flow in the space of 48 principal components.


def class_loss(params, batch):
    """The clean image is predicted from a mix of it with noise and from features of the time."""
    inputs, clean = batch
    (w1, b1), (w2, b2), (w3, b3) = params
    h = jax.nn.silu(inputs @ w1 + b1)
    h = h + jax.nn.silu(h @ w2 + b2)
    return jnp.mean((h @ w3 + b3 - clean) ** 2)


def build_class(mean, gradient):
    spec = peer.CLASS
    steps, tasks, shots, draws, inputs = (spec[k] for k in ("steps", "tasks", "shots", "draws", "inputs"))
    rows = shots * draws
    frequencies = jnp.array(spec["frequencies"])
    net = layers(fast_key(0), [inputs + 2 * len(frequencies), spec["hidden"], spec["hidden"], inputs])
    images = jax.random.normal(fast_key(2), (spec["classes"], spec["images"], inputs))

    def draw(key):
        """For each task, its support images for each inner step and its other images for the query, each mixed with
        fresh noise at a fresh time."""
        class_key, order_key, noise_key, time_key = jax.random.split(key, 4)
        classes = jax.random.randint(class_key, (tasks, 1), 0, spec["classes"])
        order = jnp.argsort(jax.random.uniform(order_key, (tasks, spec["images"])), axis=1)
        chosen = images[classes, order]
        support = jnp.repeat(chosen[:, None, :shots], steps, axis=1)
        clean = jnp.concatenate([support, chosen[:, None, shots : 2 * shots]], axis=1)
        clean = jnp.repeat(clean, draws, axis=2)
        noise = jax.random.normal(noise_key, clean.shape)
        time = (jnp.arange(rows)[:, None] + jax.random.uniform(time_key, (tasks, steps + 1, rows, 1))) / rows
        angles = 2 * math.pi * frequencies * time
        mixed = (1 - time) * noise + time * clean
        return jnp.concatenate([mixed, jnp.cos(angles), jnp.sin(angles)], -1), clean

    return build_steps(class_loss, draw, net, mean, gradient, spec)


def build_steps(loss, draw, net, mean, gradient, spec):
    """MAML on tasks with fresh points for each inner step and for the query."""
    steps, rates = spec["steps"], tree(lambda p: spec["inner_rate"], net)

    def meta_gradient(net, key):
        drawn = draw(key)
        batches = [tree(lambda t: t[:, step], drawn) for step in range(steps + 1)]
        return gradient(loss, net, rates, (batches[:-1], batches[-1]), mean)[0]

    return scan_of(meta_gradient, jax.random.split, net, 12, spec["outer_rate"], beta2=spec.get("beta2", 0.999))


def form(name, build, *args):
    return peer.Form("jax", name, partial(build, *args))


def cases():
    """Every case with its forms."""
    table = {}
    for case, (algorithm, steps) in peer.SINE_CASES.items():
        table[case] = [
            form(f"vmap, {mode}".rstrip(", "), build_sine, algorithm == "meta-sgd", steps, gradient)
            for mode, gradient in GRADIENTS[algorithm].items()
        ]
    # JAX's own sine is slow in every form: it is shown once.
    ways = [("own sine", "loop", "forward"), ("polynomial sine", "vmap", "forward")]
    ways += [("polynomial sine", "loop", mode) for mode in EXACT]
    table["picture/maml-3"] = [
        form(f"{sine}, {mean}, {mode}", build_picture, SINES[sine], MEANS[mean], EXACT[mode])
        for sine, mean, mode in ways
    ]
    table["class/maml-5"] = [
        form(f"{mean}, {mode}", build_class, MEANS[mean], EXACT[mode]) for mean in MEANS for mode in EXACT
    ]
    return table


if __name__ == "__main__":
    peer.run(OPTIONS, cases())
