import type { Feed, Phase, TensorProgram } from '@gantry/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { GameRules } from './game-options.ts'
import {
  discriminatorProgram,
  type GameTable,
  generatorProgram,
  penaltyProgram,
  simultaneousProgram,
} from './game-programs.ts'
import { type LearningPhase, withUpdatePhases } from './update-phases.ts'

type Program = TensorProgram<Tensor>
type Feeds = Readonly<Record<string, Feed>>

/**
 * What a game does in a step, in order.
 *
 * @param feeds of all phases, and what a phase of the generator needs where it sees no real samples
 * @param further phases of the variant's own, after those of both players
 */
export function gamePhases(
  table: GameTable,
  options: GameRules,
  { all, generator }: { readonly all: Feeds; readonly generator: Feeds },
  further: readonly LearningPhase[] = [],
): Phase<Program>[] {
  const { updates, objectives } = table
  const learning = (name: string, program: Program, feeds: Feeds, players: LearningPhase['updates'], every = 1) => ({
    phase: { name, every, feeds, program },
    updates: players,
  })
  const players = [updates.discriminator, updates.generator]
  const forGenerator = objectives.generatorSeesReal ? all : generator
  const phases: LearningPhase[] =
    options.update === 'simultaneous'
      ? [learning('step', simultaneousProgram(table), all, players)]
      : [
          learning('discriminator', discriminatorProgram(table), all, [updates.discriminator]),
          learning('generator', generatorProgram(table), forGenerator, [updates.generator], options.criticSteps),
        ]
  phases.push(...further)
  if (objectives.penaltyApart) {
    phases.push(learning('penalty', penaltyProgram(table), all, [updates.discriminator], options.penaltyEvery))
  }
  return withUpdatePhases(phases, options.gradientAccumulation)
}
