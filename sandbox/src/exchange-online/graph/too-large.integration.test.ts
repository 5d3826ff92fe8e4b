import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { ANNA, createGraphWorld } from './graph-test-world.ts'

const SIZE_BYTES = 6 * 1024 * 1024

describe("a request above Graph's size limit", () => {
  it('is read to its end, so that a client that reads afterwards gets the reason of the refusal', async () => {
    const { site, bearer, person } = createGraphWorld()
    await site.listen({ host: '127.0.0.1', port: 0 })
    const socket = connect((site.server.address() as AddressInfo).port, '127.0.0.1')
    socket.write(
      `POST /v1.0/me/messages HTTP/1.1\r\nHost: x\r\nAuthorization: ${bearer(person(ANNA, 'Mail.ReadWrite'))}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${SIZE_BYTES}\r\n\r\n`,
    )
    const [answer] = (await once(socket, 'data')) as [Buffer]

    await new Promise((resolve, reject) => {
      socket.once('error', reject).once('close', () => reject(new Error('closed')))
      socket.write(Buffer.alloc(SIZE_BYTES, 'x'), resolve)
    })
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer.toString()).not.toMatch(/^connection: close/im)
    socket.destroy()
    await site.close()
  })
})
