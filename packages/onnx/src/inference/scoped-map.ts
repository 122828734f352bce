/**
 * What is known by name in the body of a control-flow node: its own, and what is known around it and not hidden by a name of its own.
 * Nothing is copied, so a file with a thousand bodies costs no more than its size. Iterates over its own entries only.
 */
export class ScopedMap<Value> extends Map<string, Value> {
  readonly #outer: ReadonlyMap<string, Value> | undefined
  readonly #hidden = new Set<string>()

  constructor(outer?: ReadonlyMap<string, Value>) {
    super()
    this.#outer = outer
  }

  override get(name: string): Value | undefined {
    if (super.has(name)) return super.get(name)
    return this.#hidden.has(name) ? undefined : this.#outer?.get(name)
  }

  override has(name: string): boolean {
    return super.has(name) || (!this.#hidden.has(name) && this.#outer?.has(name) === true)
  }

  /** Nothing is known of this name here, whatever it is around. */
  hide(name: string): void {
    super.delete(name)
    this.#hidden.add(name)
  }
}
