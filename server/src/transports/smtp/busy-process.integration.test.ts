import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterAll, expect, it } from 'vitest'
import { ownCertificate } from '../../../../mail-servers/index.ts'
import { createDialGuard } from '../../kernel/dial-guard.ts'
import { Secret } from '../../kernel/secret.ts'
import { openSmtpSession } from './smtp-session.ts'

const ours = await ownCertificate()
const server = new Worker(new URL('../../../test/transports/smtp/server-in-a-thread.ts', import.meta.url), {
  workerData: ours,
  execArgv: [],
})
afterAll(() => server.terminate())
const [{ port }] = (await once(server, 'message')) as [{ port: number }]
const taken: string[] = []
server.on('message', (said: { taken: string }) => taken.push(said.taken))

it('a reply that arrives while this process is busy confirms the message', async () => {
  const session = await openSmtpSession(
    {
      server: { host: '127.0.0.1', port, tls: 'implicit', ca: [ours.cert] },
      dialGuard: createDialGuard({ declared: new Set([`127.0.0.1:${port}`]) }),
    },
    'anna',
    { password: new Secret('x') },
  )

  for (let nth = 1; nth <= 5; nth++) {
    const message = Buffer.from(`Subject: number ${nth}\r\n\r\nof five\r\n`)
    await session.send(message, { from: 'anna@contoso.test', to: ['kim@customer.test'] }, busyOnceTheEndIsOut)
  }

  session.close()
  await expect.poll(() => taken.length).toBe(5)
})

/** Blocks the event loop right after the final dot, so that the reply arrives unnoticed. */
async function busyOnceTheEndIsOut(): Promise<void> {
  void (async () => {
    for (let step = 0; step < 50; step++) await Promise.resolve()
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50))
  })()
  await Promise.resolve()
}
