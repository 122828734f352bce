"""The PyTorch twin of each case: a module with `create(start, joined)`, which makes a function of one training step."""
