/** Bytes on a connection that are no request, or more than one, and the first line of what they are told; nothing where it hangs up. */
export type HostileConnection = readonly [what: string, bytes: string, status: number]

const HOST = 'Host: localhost\r\nConnection: close\r\n'
const POST = `POST /v1/models/tiny/generate HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n`
const CHUNKS = '2\r\n{}\r\n0\r\n\r\n'

export const hostileConnections: readonly HostileConnection[] = [
  ['what is no HTTP', 'HELLO\r\n\r\n', 400],
  ['the beginning of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['lines that end early', 'GET / HTTP/1.1\nHost: localhost\n\n', 400],
  ['headers of 20 kB', `GET / HTTP/1.1\r\n${HOST}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['a space before the colon', 'GET / HTTP/1.1\r\nHost : localhost\r\n\r\n', 400],
  ['a zero in a header', `GET / HTTP/1.1\r\n${HOST}X: a\0b\r\n\r\n`, 400],
  ['two lengths (smuggling)', `${POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`, 400],
  ['a length, and chunks (smuggling)', `${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`, 400],
  ['chunks in disguise (smuggling)', `${POST}Transfer-Encoding: xchunked\r\n\r\n${CHUNKS}`, 400],
  ['chunks that are not the last coding', `${POST}Transfer-Encoding: chunked, identity\r\n\r\n${CHUNKS}`, 400],
  ['a negative length', `${POST}Content-Length: -1\r\n\r\n{}`, 400],
  ['a chunk of no length', `${POST}Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n`, 400],
  ['a length beyond the limit', `${POST}Content-Length: 99999999999\r\n\r\n{}`, 413],
  ['an expectation', `${POST}Expect: the-moon\r\nContent-Length: 2\r\n\r\n{}`, 417],
  ['no name', 'GET /v1/models HTTP/1.1\r\n\r\n', 400],
  [
    'another name of this machine (DNS rebinding)',
    'GET /v1/models HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    403,
  ],
  ['two names', `GET /v1/models HTTP/1.1\r\n${HOST}Host: evil.example\r\n\r\n`, 403],
  ['an unknown method', `BREW /v1/models HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['TRACE', `TRACE /v1/models HTTP/1.1\r\n${HOST}\r\n`, 404],
  ['a way to elsewhere (CONNECT)', `CONNECT evil.example:443 HTTP/1.1\r\n${HOST}\r\n`, 0],
  ['an address without its slash', `GET healthz HTTP/1.1\r\n${HOST}\r\n`, 400],
]

/** Those that send on and on, or nothing. */
export const endlessConnections: readonly HostileConnection[] = [
  ['headers that never end', 'GET / HTTP/1.1\r\nHost: localhost\r\n', 408],
  ['a body that never ends', `${POST}Content-Length: 9\r\n\r\n{`, 408],
  ['nothing', '', 408],
]
