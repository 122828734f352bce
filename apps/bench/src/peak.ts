/** Side of the square matrices whose product stands for the machine's peak. */
export const SIDE = 2048

/** Products in one timed step: enough to hide the cost of the call. */
export const PRODUCTS = 4

export const FLOPS_OF_PRODUCTS = PRODUCTS * 2 * SIDE ** 3
