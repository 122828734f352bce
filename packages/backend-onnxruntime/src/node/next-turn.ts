/** Calls back in the next turn of the event loop, after whoever waits for promises that are settled now. */
export const nextTurn: (callback: () => void) => void = setImmediate
