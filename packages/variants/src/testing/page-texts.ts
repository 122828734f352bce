import { gameOptions } from '../game/game-options.ts'

/** What a page says that the definition of a variant does not. */
export interface PageText {
  readonly about: string
  readonly equations: string
  /** Where its own defaults come from. */
  readonly sources?: Readonly<Record<string, string>>
}

/** Sources of the common defaults; what is missing here is off, or a choice without a number. */
const commonSources: Readonly<Record<string, string>> = {
  latentSize: 'Radford et al. 2016, figure 1',
  hiddenUnits: 'ours: enough for points of the plane',
  hiddenLayers: 'ours: enough for points of the plane',
  generatorWidth: "the code of Radford et al. 2016 (`ngf`); the paper's figure 1 has 128",
  discriminatorWidth: 'the code of Radford et al. 2016 (`ndf`)',
  kernelSize: 'the Torch code of Radford et al. 2016',
  generatorNormalization: 'Radford et al. 2016, section 3',
  discriminatorNormalization: 'Radford et al. 2016, section 3',
  optimizer: 'Radford et al. 2016, section 4',
  learningRate: 'Radford et al. 2016, section 4',
  beta1: 'Radford et al. 2016, section 4',
  beta2: 'Kingma and Ba 2015, algorithm 1',
  criticSteps: 'Goodfellow et al. 2014, algorithm 1: k = 1',
  emaDecay: 'Karras et al. 2018, section A.1 (Progressive Growing of GANs)',
}

/** Where the default of an option comes from; undefined for what needs no source. */
export function sourceOf(variant: string, option: string, value: unknown): string | undefined {
  const own = pageTexts[variant]!.sources?.[option]
  if (own !== undefined) return own
  const common = gameOptions.shape[option as keyof typeof gameOptions.shape]
  const isCommon = JSON.stringify(common?.parse(undefined)) === JSON.stringify(value)
  if (isCommon) return commonSources[option]
  throw new Error(`The default of ${variant}'s ${option} is its own, and has no source in page-texts.ts.`)
}

const autoencoderSources = {
  priorWeight: '1 is the evidence lower bound itself (Kingma and Welling 2014, equation 7)',
  reconstructionVariance: 'ours: a standard deviation of 0.3 for values in [-1, 1]',
}

const styleSources = {
  latentSize: 'Karras et al. 2019, section 2: 512',
  styleSize: 'Karras et al. 2019, section 2: 512',
  mappingLayers: 'Karras et al. 2019, section 2: 8',
  mappingLearningRateMultiplier: 'Karras et al. 2019, appendix C: λ = 0.01',
  styleAverageDecay: "the authors' code: 0.995",
  generatorWidth: "the authors' code: 512 channels at most",
  discriminatorWidth: "the authors' code: 512 channels at most",
  channelBase: "the authors' code: 32,768 over the side",
  minibatchStandardDeviation: "the authors' code: groups of 4",
  conditioning: "the authors' code: labels are not used unless asked for",
  styleMixing: 'Karras et al. 2019, section 3.1: 90%',
  emaHalfLife: "the authors' code: 10,000 images",
  emaRampUpShare: "the authors' code: none, unless the configuration is automatic",
  beta1: 'Karras et al. 2018, section A.1: 0',
  beta2: 'Karras et al. 2018, section A.1: 0.99',
  r1: 'Karras et al. 2019, appendix C: γ = 10',
  adaptiveAugmentEvery: 'Karras et al. 2020 (Training GANs with Limited Data), section 3.1: every four batches',
}

export const pageTexts: Readonly<Record<string, PageText>> = {
  vanilla: {
    about:
      'The original GAN: two multilayer perceptrons. It makes images, and points of the plane, where one sees in seconds whether all modes are found.',
    equations: `D minimises  -E log D(x) - E log(1 - D(G(z)))        D = σ(logit)
G minimises  -E log D(G(z))                          loss non-saturating (section 3)
             E log(1 - D(G(z)))                      loss minimax (equation 1)`,
    sources: {
      latentSize: 'ours: the paper tells no sizes',
      learningRate: 'ours: finds all eight modes of `ring8` in seconds',
      generatorNormalization: 'Goodfellow et al. 2014 had none',
      discriminatorNormalization: 'Goodfellow et al. 2014 had none',
    },
  },
  dcgan: {
    about:
      'The architecture that made GANs work on images: strided convolutions in place of pooling, batch normalization, ReLU and leaky ReLU, Adam with a small first moment. The default architecture of all other variants, too.',
    equations: `D minimises  -E log D(x) - E log(1 - D(G(z)))        D = σ(logit)
G minimises  -E log D(G(z))`,
  },
  lsgan: {
    about: 'Least squares in place of cross-entropy: samples far on the right side of the boundary are still moved.',
    equations: `D minimises  ½ E (D(x) - 1)² + ½ E D(G(z))²          equation 9, a = 0 and b = c = 1
G minimises  ½ E (D(G(z)) - 1)²                      D is the logit`,
  },
  wgan: {
    about:
      'A critic estimates the Wasserstein distance between data and samples. Clipped weights keep its slope bounded; it is moved five times for each move of the generator.',
    equations: `D minimises  E f(G(z)) - E f(x)                      algorithm 1
             w ← clip(w, -c, c) after every update
G minimises  -E f(G(z))`,
    sources: {
      optimizer: 'algorithm 1',
      learningRate: 'algorithm 1: α = 0.00005',
      beta2: "the authors' code: PyTorch's default decay of RMSProp",
      weightClip: 'algorithm 1: c = 0.01',
      criticSteps: 'algorithm 1: n_critic = 5',
    },
  },
  'wgan-gp': {
    about: 'WGAN whose critic is held to slope 1 between real and generated samples, in place of clipped weights.',
    equations: `D minimises  E D(x̃) - E D(x) + λ E (‖∇D(x̂)‖₂ - 1)²   equation 3
             x̃ = G(z), x̂ = εx + (1 - ε)x̃, ε ~ U[0, 1)
G minimises  -E D(G(z))`,
    sources: {
      gradientPenalty: 'algorithm 1: λ = 10',
      criticSteps: 'algorithm 1: n_critic = 5',
      learningRate: 'algorithm 1: α = 0.0001',
      beta1: 'algorithm 1: β₁ = 0',
      beta2: 'algorithm 1: β₂ = 0.9',
      discriminatorNormalization: 'section 4: layer instead of batch normalization',
    },
  },
  sngan: {
    about:
      'Every weight of the discriminator is divided by its largest singular value, found by one power iteration a step.',
    equations: `W̄ = W / σ(W),  v ← Wᵀu/‖Wᵀu‖,  u ← Wv/‖Wv‖,  σ(W) ≈ uᵀWv
D minimises  E max(0, 1 - D(x)) + E max(0, 1 + D(G(z)))   equations 16, 17
G minimises  -E D(G(z))`,
    sources: { discriminatorNormalization: 'the paper itself; the optimizer is setting C of its table 1' },
  },
  dragan: {
    about: 'The first loss, with a gradient penalty in a neighbourhood of the real samples.',
    equations: `D minimises  -E log D(x) - E log(1 - D(G(z))) + λ E (‖∇D(x + δ)‖₂ - 1)²
             δ = α·½·σ·u, σ the standard deviation of the batch, u and α ~ U[0, 1)
G minimises  -E log D(G(z))`,
    sources: {
      gradientPenalty: 'section 3: λ = 10',
      discriminatorNormalization: 'ours: batch normalization would mix the samples whose gradients are taken',
    },
  },
  ragan: {
    about:
      'Is this sample more real than the average of the other kind? Real samples count in the generator’s loss, too.',
    equations: `R(x) = C(x) - E C(G(z)),  F(z) = C(G(z)) - E C(x)        equation 8
D minimises  -E log σ(R(x)) - E log(1 - σ(F(z)))
G minimises  -E log(1 - σ(R(x))) - E log σ(F(z))`,
  },
  cgan: {
    about: 'Both networks are conditioned on the label, so that one can ask for a class. `conditioning` chooses how.',
    equations: `D minimises  -E log D(x | y) - E log(1 - D(G(z | y) | y))    equation 2
G minimises  -E log D(G(z | y) | y)`,
  },
  acgan: {
    about: 'The generator is conditioned on the label; the discriminator is not, but has to name it.',
    equations: `L_S = E log D(x) + E log(1 - D(G(z, c)))                 equation 2
L_C = E log P(c | x) + E log P(c | G(z, c))              equation 3
D maximises  L_S + λ L_C,  G maximises  λ L_C - L_S (non-saturating)`,
    sources: { classWeight: 'equations 2 and 3: both losses have the weight 1' },
  },
  'f-anogan': {
    about:
      'Train a GAN on what is normal; then an encoder that inverts its generator. What the two cannot make again is odd, and the difference shows where: `gantry score`.',
    equations: `min over E:  ‖x - G(E(x))‖²/n + κ·‖f(x) - f(G(E(x)))‖²/n_d        equation 3
A(x) = the same, of a new sample                                    equation 4
G, D: of the other run, frozen; f: what the last hidden layer of D sees`,
    sources: {
      featureWeight: 'section 2.2: κ = 1',
      learningRate: "the authors' code",
      encoderNormalization: "the authors' code: batch normalization",
    },
  },
  pix2pix: {
    about:
      'An image out of another: outlines to objects, maps to photographs, one drawing style to the other. It learns from pairs: a U-Net keeps what both have in common, a discriminator of patches makes the rest sharp. `--bind source=… --bind target=…` says which side is given; `gantry sample RUN --input source=picture.png` makes the other. `edges:DATASET` makes pairs of any images: the preset `edges` learns from cartoon faces to colour outlines, which you may draw yourself. `people` makes figures of them that are modelled and lit.',
    equations: `D minimises  -E log D(x, y) - E log(1 - D(x, G(x, z)))        equation 1, mean over all patches
G minimises  -E log D(x, G(x, z)) + λ·E ‖y - G(x, z)‖₁        equation 4
z: dropout in the first three layers of the way up, in use, too (section 3.2.1)`,
    sources: {
      generatorWidth: 'section 6.1.1: C64 first',
      discriminatorWidth: 'section 6.1.2: C64 first',
      receptiveField: 'section 4.4: 70×70 is best',
      generatorNormalization: 'section 3.3: of each image by itself, at batches of 1',
      discriminatorNormalization: 'section 3.3: of each image by itself, at batches of 1',
      dropout: 'section 6.1.1: 50 %',
      dropoutInUse: 'section 3.3: dropout at test time',
      emaDecay: 'the paper keeps no average',
      pixelWeight: 'section 6.2: λ = 100',
      learningRate: 'section 3.3',
      beta1: 'section 3.3',
      beta2: 'section 3.3',
    },
  },
  cyclegan: {
    about:
      'Images of one kind as those of another, where nobody has pairs: horses as zebras, summer as winter, one drawing style as the other. Two generators learn together, and what goes there and back again must be what it was. Two functions are exported: `translate` and `translate-back`.',
    equations: `G: X → Y, F: Y → X, least squares with a = 0, b = c = 1 (section 4)
D_Y minimises  ½ E (D_Y(y) - 1)² + ½ E D_Y(G(x))²            equation 1, of patches; G(x) from a pool of 50 every other time
G, F minimise  ½ E (D_Y(G(x)) - 1)² + ½ E (D_X(F(y)) - 1)²
             + λ·(E ‖F(G(x)) - x‖₁ + E ‖G(F(y)) - y‖₁)         equation 2
             + λ·ι·(E ‖G(y) - y‖₁ + E ‖F(x) - x‖₁)             section 5.2`,
    sources: {
      loss: 'section 4: least squares',
      generatorWidth: 'section 7.2: c7s1-64',
      discriminatorWidth: 'section 7.2: C64',
      receptiveField: 'section 7.2: 70×70',
      generatorNormalization: 'section 7.2: instance normalization',
      discriminatorNormalization: 'section 7.2: instance normalization',
      generator: 'section 7.2: residual blocks',
      cycleWeight: 'section 4: λ = 10 beside E (D - 1)², of which least squares have a half here',
      identityWeight: "the authors' code: 0.5, for all data; the paper (section 5.2) for paintings",
      poolSize: 'section 4: 50 images',
      emaDecay: 'the paper keeps no average',
      learningRate: 'section 4',
      beta1: "the authors' code",
    },
  },
  srgan: {
    about:
      'Small images made large, 2 or 4 times, with detail that a discriminator takes for real. It learns from large images alone: what it is given is made of them by a bicubic reduction, as Pillow does it. In the first stage, `pretrain`, the generator learns to match pixels, which is SRResNet; then it plays. `gantry sample RUN --input low=photo.png` makes the large image. The content loss compares features of a frozen network: of random convolutions with a fixed seed, which see texture and no objects; of VGG-19, as in the paper, where its weights are brought (`perceptual=vgg19`); or pixels. `skip=bicubic` lets the generator learn the difference from bicubic interpolation, which short runs need.',
    equations: `first, for pretrainSteps:  G minimises  E ‖y - G(x)‖²                    equation 4, mean over all numbers; x: y reduced
then:  D minimises  -E log D(y) - E log(1 - D(G(x)))               equation 2
       G minimises  E ‖φ(y) - φ(G(x))‖² - 10⁻³·E log D(G(x))         equations 3, 5 and 6
φ: features of a frozen network, after their activation`,
    sources: {
      learningRate: 'section 3.2',
      beta1: 'section 3.2: β₁ = 0.9',
      emaDecay: 'the paper keeps no average',
      factor: 'section 3.1: 4',
      skip: 'figure 4 has none',
      generatorWidth: 'figure 4: k3n64s1',
      residualBlocks: 'section 3.2: 16 blocks',
      generatorNormalization: 'figure 4: batch normalization',
      discriminatorWidth: 'figure 4: k3n64s1 first',
      denseUnits: 'figure 4: 1,024',
      discriminatorNormalization: 'figure 4: batch normalization',
      pretrainSteps: 'section 3.2: 10⁶ updates of SRResNet, then 2·10⁵ of the game',
      pretrainLearningRate: 'section 3.2',
      perceptual: 'ours: needs no file of weights; the paper has VGG-19',
      contentWeight: 'equation 3',
      adversarialWeight: 'equation 3: 10⁻³',
      pixelWeight: 'equation 3 has features alone',
    },
  },
  esrgan: {
    about:
      'SRGAN with a generator of dense residual blocks without normalization, a discriminator that asks whether a real image is more real than the average of those that were made, and features that are compared before their activation: sharper, and closer to what was there. Small images are made of large ones by a bicubic reduction, and the generator learns pixels first, as in `srgan`. `gantry sample RUN --input low=photo.png` makes the large image. The content loss compares features of a frozen network: of random convolutions with a fixed seed, which see texture and no objects; of VGG-19, as in the paper, where its weights are brought (`perceptual=vgg19`); or pixels. `skip=bicubic` lets the generator learn the difference from bicubic interpolation, which short runs need.',
    equations: `first, for pretrainSteps:  G minimises  E ‖y - G(x)‖₁                    section 4.1, mean over all numbers; x: y reduced
then:  D minimises  -E log D(y, G(x)) - E log(1 - D(G(x), y))      equation 1; D(a, b) = σ(C(a) - E C(b))
       G minimises  E ‖φ(y) - φ(G(x))‖₁ + λ·L_Ra + η·E ‖y - G(x)‖₁   equation 3
L_Ra = -E log(1 - D(y, G(x))) - E log D(G(x), y)                   equation 2
φ: features of a frozen network, before their activation`,
    sources: {
      relativistic: 'section 3.2',
      learningRate: 'section 4.1: 10⁻⁴',
      beta1: 'section 4.1: β₁ = 0.9',
      emaDecay: 'the paper keeps no average',
      factor: 'section 4.1: 4',
      skip: "the authors' code has none",
      generatorWidth: "the authors' code: 64",
      residualBlocks: 'section 4.1: 23 RRDB',
      growth: "the authors' code: 32",
      discriminatorWidth: "SRGAN's figure 4: k3n64s1 first",
      denseUnits: "SRGAN's figure 4: 1,024",
      discriminatorNormalization: "SRGAN's figure 4: batch normalization",
      pretrainSteps: "the authors' code: 10⁶ updates, then 4·10⁵ of the game",
      pretrainLearningRate: 'section 4.1: 2·10⁻⁴',
      perceptual: 'ours: needs no file of weights; the paper has VGG-19',
      contentWeight: 'equation 3',
      adversarialWeight: 'section 4.1: λ = 5·10⁻³',
      pixelWeight: 'section 4.1: η = 10⁻²',
    },
  },
  stylegan: {
    about:
      'Noise is first mapped to a space of styles, in which directions mean something; styles then scale and move every layer of the generator, from a constant image on, and what is left to chance comes from noise in every pixel. Styles can be drawn to their average (`gantry sample RUN --set truncation=0.7`), and mixed: coarse layers of one sample, fine ones of another (`gantry mix RUN`). The authors grow their networks as `progan` does; here they have their size from the start.',
    equations: `w = f(z/|z|),  y = A w + b for each layer                 section 2
AdaIN(x, y) = (1 + y_s)·(x - μ(x))/σ(x) + y_b             equation 1, with the 1 of the authors' code
D minimises  E softplus(-D(x)) + E softplus(D(G(z))) + ½γ E ‖∇D(x)‖²
G minimises  E softplus(-D(G(z)))
truncation   w̄ + ψ·(w - w̄),  w̄ an average of w            appendix B`,
    sources: {
      ...styleSources,
      channelBase: "ours: that of `stylegan2`; the authors' code: 16,384 over the side",
      learningRate: "the authors' code: 0.002 at 256 pixels; 0.001 below 128, 0.003 from 512 on",
    },
  },
  stylegan2: {
    about:
      'StyleGAN without its droplets: styles scale the input channels of a convolution, and every output is brought back to the spread that the scaled kernel would give it. Long steps between regularisations, and paths of a fixed length from styles to images. With `--set augment=bgc adaptiveAugmentTarget=0.6` it learns from few images (Training Generative Adversarial Networks with Limited Data).',
    equations: `w'ᵢⱼₖ = sᵢ·wᵢⱼₖ,  w''ᵢⱼₖ = w'ᵢⱼₖ/√(Σᵢₖ w'ᵢⱼₖ² + ε)          equations 1 and 3: modulation and demodulation
D minimises  E softplus(-D(x)) + E softplus(D(G(z))) + ½γ E ‖∇D(x)‖², the last every 16 steps
G minimises  E softplus(-D(G(z))) + λ E (‖Jᵀy‖ - a)², the last every 4 steps       equation 4
             J = ∂G/∂w,  y normal,  a ← a + 0.01·(E ‖Jᵀy‖ - a)
every k steps: weight·k, rate·c, βᶜ with c = k/(k + 1)     appendix B
w̄ + ψ·(w - w̄): truncation`,
    sources: {
      ...styleSources,
      learningRate: "the authors' code: 0.002",
      penaltyEvery: 'appendix B: k = 16',
      generatorArchitecture: 'section 4.1: skip in the generator',
      discriminatorArchitecture: 'section 4.1: residual in the discriminator',
      activationClamp: "ours: none, as nothing is computed at half precision; the authors' code: 256, for that",
      pathLength: "the authors' code: 2, which is γ = ln 2/(r²(ln r - ln 2)) of appendix B",
      pathLengthEvery: "the authors' code: 4",
      pathLengthShrink: "the authors' code: half of a batch",
      pathLengthDecay: 'appendix B: β = 0.99',
    },
  },
  infogan: {
    about:
      'Some of the noise is a code that must be readable from the sample: without labels, the categorical one tends to become the digit.',
    equations: `min over G, Q, max over D:  V(D, G) - λ L_I(G, Q)        equation 6
L_I = E log Q(c | G(z, c)) + H(c)
Q: categorical, and Gaussian with unit variance; c out of normal noise by argmax and erf(z/√2)`,
    sources: {
      latentSize: 'appendix C.1: 62 numbers of noise, 10 + 2 of codes',
      learningRate: 'appendix C.1: generator 1e-3',
      discriminatorLearningRate: 'appendix C.1: discriminator 2e-4',
      categories: 'appendix C.1',
      continuousCodes: 'appendix C.1',
      codeWeight: 'appendix C.1: λ = 1',
    },
  },
  vae: {
    about:
      'No game: an encoder and a decoder that maximise the evidence lower bound. For comparison, and to start a GAN’s generator: `gantry train dcgan --init-from runs/vae`.',
    equations: `q(z | x) = N(μ(x), σ²(x)),  z = μ + σ·ε                   section 2.4
minimise  E ½‖x - x̂‖²/s² + β D(q(z | x) ‖ N(0, 1))       equation 7
D = ½ Σ (μ² + σ² - 1 - log σ²)`,
    sources: {
      ...autoencoderSources,
      beta1: 'Kingma and Ba 2015, algorithm 1: there is no opponent to react to',
      learningRate: 'Kingma and Ba 2015, algorithm 1',
    },
  },
  'vae-gan': {
    about:
      'An autoencoder whose reconstructions are compared by what a discriminator sees in them, rather than pixel by pixel.',
    equations: `L_prior = D(q(z | x) ‖ N(0, 1)),  L_llike = -E log N(D_l(x); D_l(x̂), 1)    equation 7
encoder minimises        L_prior + L_llike
decoder minimises        γ L_llike - ½ E log D(G(z)) - ½ E log D(x̂)
discriminator minimises  -E log D(x) - ½ E log(1 - D(G(z))) - ½ E log(1 - D(x̂))`,
    sources: {
      ...autoencoderSources,
      optimizer: 'section 4: RMSProp',
      learningRate: 'section 4: 0.0003',
      similarityWeight: 'ours: the paper gives no number',
    },
  },
  progan: {
    about:
      'Both networks begin at images of 4×4 pixels and grow: one size after the other, each of which fades in and is then trained. What is large is learnt first and cheaply, and detail is added to what works. A size is a stage of the run (`stageSizes`), and so is its fade-in: each has the graph that it needs, optimizers begin anew in it, and grids, exports and scores are of the size that the run has reached. Images of the data are at full size, and are reduced in the step.',
    equations: `D minimises  E D(x̃) - E D(x) + λ E (‖∇D(x̂)‖₂ - 1)² + ε E D(x)²      appendix A.1
G minimises  -E D(G(z))
             ŵ = w·g/√(fan in) in every layer, w ~ N(0, 1), g = √2, or 1 where no ReLU follows        section 4.1
             b = a/√(mean over channels a² + 10⁻⁸) after every convolution of G                      section 4.2
             one more channel of D: the mean of √(variance over a group of samples)                  section 3
Fade-in      G: (1 - α)·enlarged colours of the size before + α·colours of this one                  figure 2
             D: (1 - α)·maps of the reduced image + α·reduced maps of the image
             data: (1 - α)·enlarged (reduced x) + α·x,   α from 0 to 1 over \`fadeImages\``,
    sources: {
      loss: 'appendix A.1: WGAN-GP',
      optimizer: 'appendix A.1',
      latentSize: 'table 2: 512',
      gradientPenalty: 'appendix A.1: λ = 10',
      drift: 'appendix A.1: ε = 0.001',
      learningRate: 'appendix A.1: α = 0.001',
      beta1: 'appendix A.1: β₁ = 0',
      beta2: 'appendix A.1: β₂ = 0.99',
      criticSteps: 'appendix A.1: n_critic = 1',
      minibatchStandardDeviation: "section 3; the groups of four are the authors' code's",
      channelBase: "table 2; twice the authors' `fmap_base` of 8192",
      generatorWidth: 'table 2: 512',
      discriminatorWidth: 'table 2: 512',
      fadeImages: 'appendix A.1: 800 thousand',
      stableImages: 'appendix A.1: 800 thousand',
    },
  },
}
