/**
 * The baseline of requests: a server of its own process that answers what it was last given, and does nothing besides.
 * `PUT /` takes the answer, anything else gets it.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

let body = Buffer.from('')
const server = createServer((asked, answer) => {
  if (asked.method !== 'PUT') {
    answer.writeHead(200, { 'content-type': 'application/json' }).end(body)
    return
  }
  const chunks: Buffer[] = []
  asked.on('data', (chunk: Buffer) => chunks.push(chunk))
  asked.on('end', () => {
    body = Buffer.concat(chunks)
    answer.writeHead(204).end()
  })
})
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.on('disconnect', () => process.exit())
