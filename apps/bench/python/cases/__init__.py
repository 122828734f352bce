"""The PyTorch twin of each case: a module with `create(start, way)`, which makes a function of one training step."""
