/** Where in a model the program is: layers within layers, or the node of a graph model. */
const path: string[] = []

/** Where errors that nobody here made came from. */
const origins = new WeakMap<object, string>()

/** Layer names of the path, innermost with its class: `model/block/conv2d_1 (Conv2D)`. Undefined outside of models. */
export function currentPlace(): string | undefined {
  return path.length === 0 ? undefined : path.join('/')
}

/** Runs `body` as a part of the model, so that errors can say where they happened. */
export function within<Result>(place: string, body: () => Result): Result {
  path.push(place)
  try {
    return body()
  } catch (error) {
    if (typeof error === 'object' && error !== null && !origins.has(error)) origins.set(error, currentPlace()!)
    throw error
  } finally {
    path.pop()
  }
}

/** Replaces the innermost part: for models that say where they are but not when they leave. */
export function moveTo(place: string): void {
  if (path.length > 0) path[path.length - 1] = place
}

/** The place from which an error was thrown, where that is known. */
export function placeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null ? origins.get(error) : undefined
}
