import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// What is left when a server computes nothing: Node's HTTP, which takes a body and answers so many bytes.

const body = Buffer.alloc(Number(process.argv[2]))
const headers = { 'content-type': 'application/octet-stream', 'content-length': body.length }
const server = createServer((request, response) => {
  request.on('data', () => {})
  request.on('end', () => response.writeHead(200, headers).end(body))
})
process.stdin.resume().on('end', () => process.exit(0))
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
