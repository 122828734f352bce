"""StyleGAN2 at 64×64 (Karras et al. 2020): the step of the variant `stylegan2` with narrow networks."""

from library.stylegan2 import create

__all__ = ["create"]
