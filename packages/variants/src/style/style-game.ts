import { classesOf, fieldOf } from '../bind-fields.ts'
import { discriminatorFunctions } from '../discriminator-functions.ts'
import { batchFeed, latentFeed } from '../feeds.ts'
import { checkOptions } from '../game/check-options.ts'
import type { GameRules } from '../game/game-options.ts'
import { gamePhases } from '../game/game-phases.ts'
import { isPenalised } from '../game/gradient-penalty-terms.ts'
import { opponents } from '../game/opponents.ts'
import { learnersOf, prefixed } from '../game/players.ts'
import { sampleSource } from '../game/samples.ts'
import type { GanModel } from '../gan-model.ts'
import { keepByImages } from '../moving-average.ts'
import type { Network } from '../network.ts'
import { partOf } from '../parts.ts'
import type { BuildRequest, VariantDefinition } from '../variant-definition.ts'
import { lazilyMoved } from './lazy-regularisation.ts'
import { mappingNetwork } from './mapping-network.ts'
import { checkPathLength, type PathLengthOptions, pathLengthPhase } from './path-length-phase.ts'
import { styleFunctions } from './style-functions.ts'
import { type StyleGenerator, styleGenerator } from './style-generator.ts'
import type { StyleOptions } from './style-options.ts'
import { planStyles, type StylePlan } from './style-plan.ts'

/** What a game of styles is played with. */
export interface StyleGame {
  readonly variant: Pick<VariantDefinition, 'name' | 'needs'>
  readonly request: Omit<BuildRequest<unknown>, 'options'> & { readonly options: StyleOptions }
  synthesis(plan: StylePlan): Network
  discriminator(plan: StylePlan, classes: number | undefined): Network
  readonly pathLength?: PathLengthOptions
}

/**
 * A game whose generator maps noise to styles: the machinery of all games, with the average of the generator by images, rates for lazy
 * regularisation, and path lengths in a phase of their own.
 *
 * @throws ConfigurationError `SIZE_IMPOSSIBLE`, `OPTIONS_CONFLICT`, `FIELD_MISSING`
 */
export function styleGame(game: StyleGame): GanModel {
  const { variant, request, pathLength } = game
  const { options, batchSize, fields, split } = request
  const samples = fieldOf(variant, fields, 'samples')
  const labels = options.conditioning === 'none' ? undefined : fieldOf(variant, fields, 'labels')
  const plan = planStyles(variant.name, samples)
  const rules = { ...options, emaDecay: 0, emaRampUp: false }
  checkOptions(variant.name, { ...rules, discriminatorNormalization: 'none' }, { batchSize, samples })
  checkPathLength(variant.name, options, pathLength, batchSize)
  const classes = labels && classesOf(labels)
  const [trained, average] = [generatorOf(game, plan, classes), generatorOf(game, plan, classes)]
  const own = opponents({
    ...{ generator: trained, generatorEma: average, discriminator: game.discriminator(plan, classes) },
    ...{ options: rules, discriminatorSeesLabels: labels !== undefined, split },
    averageKeep: keepByImages(options.emaHalfLife, options.emaRampUpShare, batchSize),
    moves: movesOf(game, rules),
  })
  const { generator, discriminator } = own
  const real = { samples: batchFeed(samples, batchSize), ...(labels && { labels: batchFeed(labels, batchSize) }) }
  const latent = latentFeed(options.latentSize, batchSize)
  const paths = pathLength && pathLengthPhase(own, { trained, options, pathLength, batchSize, classes })
  const table = { ...own, source: sampleSource(trained, batchSize, classes, undefined) }
  return {
    name: variant.name,
    phases: gamePhases(table, rules, { all: { ...real, latent }, generator: { latent } }, paths?.phases),
    functions: [
      ...styleFunctions(average, trained, {
        ...{ latentSize: options.latentSize, styles: [plan.styles, options.styleSize], samples, labels },
      }),
      ...discriminatorFunctions(discriminator.network, { samples, labels }),
    ],
    shown: ['generate'],
    variables: { ...own.variables, ...(paths && prefixed('pathLength', paths.slots)) },
    parts: { generator: partOf(generator, 'generatorEma'), discriminator: partOf(discriminator) },
    learners: learnersOf([generator, discriminator]),
    dispose: () => {
      own.dispose()
      paths?.dispose()
    },
  }
}

function generatorOf({ request, synthesis }: StyleGame, plan: StylePlan, classes: number | undefined): StyleGenerator {
  const { options, seed } = request
  const { latentSize, styleSize, mappingLayers, mappingLearningRateMultiplier, styleMixing } = options
  return styleGenerator({
    mapping: mappingNetwork({
      ...{ name: 'mapping', latentSize, classes, styleSize, layers: mappingLayers, seed },
      learningRateMultiplier: mappingLearningRateMultiplier,
    }),
    synthesis: synthesis(plan),
    ...{ shape: [plan.styles, styleSize], latentSize, styleMixing, averageDecay: options.styleAverageDecay },
  })
}

/** Networks that are moved by regularisations in steps of their own have rates for it. */
function movesOf({ request, pathLength }: StyleGame, rules: GameRules) {
  const { options } = request
  const { learningRate, discriminatorLearningRate = learningRate, penaltyEvery, gradientAccumulation } = options
  const isOwnMove = pathLength !== undefined && pathLength.weight > 0 && gradientAccumulation === 1
  return {
    generator: lazilyMoved(options, isOwnMove ? pathLength.every : undefined),
    discriminator: lazilyMoved(
      { ...options, learningRate: discriminatorLearningRate },
      isPenalised(rules) && penaltyEvery > 1 ? penaltyEvery : undefined,
    ),
  }
}
