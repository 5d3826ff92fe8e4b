import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { deliverByLmtp, deliverOnce } from './lmtp.ts'

/** Closes the connection instead of a response. */
const CLOSE = 'close'
const answers: string[] = []
let attempts = 0
const server = createServer((socket) => void serve(socket)).listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
afterAll(() => server.close())
beforeEach(() => {
  attempts = 0
})

it('repeats a delivery after a temporary refusal', async () => {
  answers.push('451 4.2.0 Mailbox already exists', '250 2.0.0 Saved')

  await deliverByLmtp(port, 'anna@contoso.test', 'Subject: x\n\ny')

  expect(attempts).toBe(2)
})

it('reports a permanent refusal at once', async () => {
  answers.push('550 5.1.1 Unknown user')

  await expect(deliverByLmtp(port, 'ben@contoso.test', 'x')).rejects.toThrow('ben@contoso.test: 550 5.1.1 Unknown user')
  expect(attempts).toBe(1)
})

describe('a delivery whose connection is closed with no answer', () => {
  const deliver = () => deliverByLmtp(port, 'anna@contoso.test', 'Subject: x\n\ny')

  it('is repeated if the message has not arrived', async () => {
    answers.push(CLOSE, '250 2.0.0 Saved')

    await deliverOnce(deliver, () => Promise.resolve(false))

    expect(attempts).toBe(2)
  })

  it('is not repeated if it has', async () => {
    answers.push(CLOSE)

    await deliverOnce(deliver, () => Promise.resolve(true))

    expect(attempts).toBe(1)
  })
})

/** Accepts each command; the next of `answers` is the response to the message. */
async function serve(socket: Socket): Promise<void> {
  socket.on('error', () => undefined)
  socket.write('220 ready\r\n')
  let inMessage = false
  for await (const line of createInterface({ input: socket })) {
    if (inMessage && line !== '.') continue
    if (inMessage) {
      attempts++
      const answer = answers.shift()
      if (answer === CLOSE) return void socket.destroy()
      socket.write(`${answer}\r\n`)
    } else socket.write(line === 'DATA' ? '354 go ahead\r\n' : '250 OK\r\n')
    inMessage = line === 'DATA'
  }
}
