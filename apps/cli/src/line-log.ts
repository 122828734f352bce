/**
 * A log of JSON, a line for each record, with its time. What comes in one turn of the event loop is written at once: a server under load
 * answers many requests in a turn, and a write waits until the reader has taken it.
 */
export function lineLog(stream: Pick<NodeJS.WriteStream, 'write'>): (record: object) => void {
  let lines = ''
  const flush = () => {
    if (lines !== '') stream.write(lines)
    lines = ''
  }
  process.on('exit', flush)
  return (record) => {
    if (lines === '') setImmediate(flush)
    lines += `${JSON.stringify({ time: new Date(), ...record })}\n`
  }
}
