"""learn2learn as its own examples use it: a wrapped module, a clone for each task, `adapt`, one `backward` for all.

It takes tasks one by one, so this is what it does best at; the tasks' numbers are drawn for all tasks at once, and the
outer optimizer is PyTorch's fused Adam.  It has no Reptile.  Float32 throughout.  Flags and answers: see peer.py.
"""

import math
from functools import partial

import peer

OPTIONS = peer.arguments()
peer.limit_threads(OPTIONS.threads)
try:
    import torch
    from learn2learn.algorithms import MAML, MetaSGD
except Exception as error:  # Its import can fail in other ways than by a missing module: it loads many others.
    peer.missing("learn2learn", error)

torch.set_num_threads(OPTIONS.threads)


def net():
    hidden = peer.SINE["hidden"]
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Linear(1, hidden),
        torch.nn.ReLU(),
        torch.nn.Linear(hidden, hidden),
        torch.nn.ReLU(),
        torch.nn.Linear(hidden, 1),
    )


def wrapped(algorithm):
    if algorithm == "meta-sgd":
        return MetaSGD(net(), lr=peer.SINE["inner_rate"])
    return MAML(net(), lr=peer.SINE["inner_rate"], first_order=algorithm == "fomaml")


def sine_tasks():
    """For each task its support inputs and targets, and its query ones."""
    tasks, cut = peer.SINE["tasks"], peer.SINE["support"]
    u = torch.rand(tasks, 2 + cut + peer.SINE["query"], 1)
    amplitude, phase = 0.1 + 4.9 * u[:, :1], math.pi * u[:, 1:2]
    x = 10 * u[:, 2:] - 5
    y = amplitude * torch.sin(x - phase)
    return zip(*(part.unbind(0) for part in (x[:, :cut], y[:, :cut], x[:, cut:], y[:, cut:])))


def build(algorithm, steps):
    model = wrapped(algorithm)
    optimizer = torch.optim.Adam(model.parameters(), lr=peer.SINE["outer_rate"], fused=True)
    loss = torch.nn.functional.mse_loss

    def meta_iteration():
        optimizer.zero_grad()
        total = 0.0
        for x, y, query_x, query_y in sine_tasks():
            learner = model.clone()
            for _ in range(steps):
                learner.adapt(loss(learner(x), y))
            total = total + loss(learner(query_x), query_y)
        (total / peer.SINE["tasks"]).backward()
        optimizer.step()

    def batch():
        for _ in range(4):
            meta_iteration()
        return 4

    return batch


def cases():
    """Every case with its only form."""
    return {
        case: [peer.Form("learn2learn", "a clone for each task", partial(build, algorithm, steps))]
        for case, (algorithm, steps) in peer.SINE_CASES.items()
        if algorithm != "reptile"
    }


if __name__ == "__main__":
    peer.run(OPTIONS, cases())
