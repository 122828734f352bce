import { checkState, type State, selectNames, type WriteStateOptions } from '@gantry/core'
import { type TinyOptions, TinySession } from './tiny-session.ts'

/** A tiny session that has more state, which none of its phases moves: networks that are frozen, or of one stage only. */
export class ExtendedSession extends TinySession {
  #more: State

  constructor(options: TinyOptions, more: State) {
    super(options)
    this.#more = more
  }

  override async readState(names?: readonly string[]): Promise<State> {
    const state: State = { ...(await super.readState()), ...structuredClone(this.#more) }
    const selected = names && selectNames('the extended model', Object.keys(state), names)
    return Object.fromEntries(Object.entries(state).filter(([name]) => selected?.includes(name) ?? true))
  }

  override async writeState(state: State, options?: WriteStateOptions): Promise<void> {
    checkState('the extended model', await this.readState(), state, options)
    const isMore = ([name]: readonly [string, unknown]) => name in this.#more
    const entries = Object.entries(state)
    await super.writeState(Object.fromEntries(entries.filter((entry) => !isMore(entry))), options)
    this.#more = { ...this.#more, ...Object.fromEntries(entries.filter(isMore)) }
  }
}
