/** A DNS server whose answers fail on demand. Knows names below `.test`, which lead to this machine. */
import { createSocket, type RemoteInfo } from 'node:dgram'
import { once } from 'node:events'

export type NameServerMode = 'answers' | 'servfail' | 'nxdomain' | 'slow'

export interface NameServer {
  mode: NameServerMode
  /** Names that were asked for since the last call. */
  askedSince(): string[]
  close(): void
}

/** @see RFC 1035 §4.1.1 */
const RCODE: Record<'noerror' | 'servfail' | 'nxdomain', number> = { noerror: 0, servfail: 2, nxdomain: 3 }
const HEADER_BYTES = 12
const TYPE_A = 1
const SLOW_MS = 4000

export async function startNameServer(address: string): Promise<NameServer> {
  const socket = createSocket('udp4')
  const asked = new Set<string>()
  const server: NameServer = {
    mode: 'answers',
    askedSince() {
      const names = [...asked]
      asked.clear()
      return names
    },
    close: () => socket.close(),
  }
  socket.on('message', (query, from) => {
    const { name, type, end } = questionOf(query)
    asked.add(name)
    const answer = answerTo(query, { name, type, end }, server.mode)
    if (server.mode === 'slow') setTimeout(() => send(answer, from), SLOW_MS)
    else send(answer, from)
  })
  const send = (answer: Buffer, { port, address: to }: RemoteInfo) => socket.send(answer, port, to, () => undefined)
  socket.bind(53, address)
  await once(socket, 'listening')
  return server
}

interface Question {
  name: string
  type: number
  /** Offset of the first byte after the question. */
  end: number
}

function questionOf(query: Buffer): Question {
  const labels: string[] = []
  let at = HEADER_BYTES
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += length + 1
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

function answerTo(query: Buffer, { name, type, end }: Question, mode: NameServerMode): Buffer {
  const code = mode === 'servfail' || mode === 'nxdomain' ? mode : 'noerror'
  const known = code === 'noerror' && type === TYPE_A
  const header = Buffer.alloc(HEADER_BYTES)
  query.copy(header, 0, 0, 2)
  // Response, recursion desired and available.
  header.writeUInt16BE(0x8180 | RCODE[code], 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(known ? 1 : 0, 6)
  const answer = Buffer.from([0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, 0, 0, 4, ...addressOf(name)])
  return Buffer.concat([header, query.subarray(HEADER_BYTES, end), ...(known ? [answer] : [])])
}

/** TEST-NET-1 for all other names: no route leads there. @see RFC 5737 */
function addressOf(name: string): readonly number[] {
  return name.endsWith('.test') ? [127, 0, 0, 1] : [192, 0, 2, 1]
}
