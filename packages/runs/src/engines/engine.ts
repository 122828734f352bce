import type { TrainingSession } from '@gantry/core'
import type { GanModel } from '@gantry/variants'

/** An engine on a device, and whether it works here. */
export interface EngineListing {
  /** What `--engine` takes. */
  readonly name: string
  /** What `--device` takes. */
  readonly device: string
  readonly available: boolean
  /** How fast it is, or why it does not work. */
  readonly detail: string
}

/** Something that trains models. */
export interface Engine {
  readonly name: string
  /** The devices that it can be asked for, besides `auto`. */
  readonly devices: readonly string[]
  /** The device on which every machine can evaluate a function, whatever trained it: exporting asks for no more. */
  readonly portableDevice: string
  /** Tries what is installed. */
  list(): Promise<readonly EngineListing[]>
  /**
   * Puts a model on the engine. Only that engine's libraries are loaded.
   *
   * @param threads default: one a core; an engine that cannot be told takes what it takes
   * @throws UnsupportedError when the device cannot be used
   */
  prepare(model: GanModel, device: string, threads?: number): Promise<TrainingSession>
}
