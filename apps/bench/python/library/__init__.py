"""What the PyTorch twins of all cases share."""
