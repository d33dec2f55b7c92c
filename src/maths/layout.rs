//! Names and places of the tensors in the flat parameter vector: W1 row-major [in, out], b1, W2, …;
//! a context, if there is one, stands before them all.

use std::ops::Range;

/// One tensor of the flat vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// "W1", "b1", …
    pub name: String,
    /// Index of the layer it belongs to, from 0.
    pub layer: usize,
    /// Where it stands.
    pub range: Range<usize>,
}

impl Tensor {
    /// Whether it is a layer's weights rather than its biases.
    pub fn is_weights(&self) -> bool {
        self.name.starts_with('W')
    }
}

/// All tensors of a dense network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    tensors: Vec<Tensor>,
    /// Widths, outputs of each layer.
    outputs: Vec<usize>,
    context: usize,
}

impl Layout {
    /// Of a dense stack with these layer widths, input first, and this many context numbers, which the first layer sees
    /// after its inputs: W1 has as many more rows at its end. Without biases every b is empty.
    pub fn new(sizes: &[usize], biases: bool, context: usize) -> Self {
        let mut tensors = Vec::new();
        let mut offset = context;
        for (layer, pair) in sizes.windows(2).enumerate() {
            let [inputs, outputs] = [if layer == 0 { pair[0] + context } else { pair[0] }, pair[1]];
            for (letter, len) in [('W', inputs * outputs), ('b', if biases { outputs } else { 0 })] {
                tensors.push(Tensor { name: format!("{letter}{}", layer + 1), layer, range: offset..offset + len });
                offset += len;
            }
        }
        Self { tensors, outputs: sizes.iter().skip(1).copied().collect(), context }
    }

    /// Where the context stands; empty where there is none.
    pub fn context(&self) -> Range<usize> {
        0..self.context
    }

    /// The tensors behind the context, in the order of the vector, without gaps.
    pub fn tensors(&self) -> &[Tensor] {
        &self.tensors
    }

    /// The tensors that hold any number.
    pub fn filled(&self) -> impl Iterator<Item = &Tensor> {
        self.tensors.iter().filter(|tensor| !tensor.range.is_empty())
    }

    /// How many layers.
    pub fn layers(&self) -> usize {
        self.outputs.len()
    }

    /// Outputs of a layer: its weights are row-major, inputs × outputs.
    pub fn outputs(&self, layer: usize) -> usize {
        self.outputs[layer]
    }

    /// Where a layer's weights and biases stand together.
    pub fn layer(&self, layer: usize) -> Range<usize> {
        // Each has two tensors, one after the other.
        self.tensors[2 * layer].range.start..self.tensors[2 * layer + 1].range.end
    }

    /// How many parameters.
    pub fn len(&self) -> usize {
        self.tensors.last().map_or(0, |tensor| tensor.range.end)
    }

    /// Whether there is no parameter.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
