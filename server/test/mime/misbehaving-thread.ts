import { parentPort, threadId } from 'node:worker_threads'
import { parseMessage } from '../../src/mime/parse-message.ts'

type Asked = { id: number } & ({ source: Uint8Array } | { body: unknown } | { request: { source: Uint8Array } })

/**
 * Parses like the real thread, with exceptions on request: hangs, allocates memory, throws, exits, reports its thread,
 * and returns wrong words.
 */
parentPort!.on('message', ({ id, ...asked }: Asked) => {
  if ('body' in asked) {
    parentPort!.postMessage({ id, text: 'other words' })
    return
  }
  const source = 'source' in asked ? asked.source : asked.request.source
  const text = Buffer.from(source).toString('latin1')
  if (text.includes('X-Deed: hang')) for (;;);
  if (text.includes('X-Deed: eat')) eat()
  if (text.includes('X-Deed: throw')) throw new Error('out of order')
  if (text.includes('X-Deed: leave')) process.exit(3)
  const message = parseMessage(source)
  const isAsked = text.includes('X-Deed: say who')
  const words = text.includes('X-Deed: other words') ? 'other words' : undefined
  parentPort!.postMessage({ id, message: isAsked ? { ...message, subject: `${threadId}` } : message, text: words })
})

function eat(): void {
  const eaten: unknown[] = []
  for (;;) eaten.push({ of: eaten, more: [eaten.length, `${eaten.length}`] })
}

parentPort!.postMessage('ready')
