/** Samples a second as people read them: whole ones from ten on, two digits of less, so that what is slow is not told as 0. */
export function roundedSpeed(samplesPerSecond: number): number {
  return samplesPerSecond >= 10 ? Math.round(samplesPerSecond) : Number(samplesPerSecond.toPrecision(2))
}
