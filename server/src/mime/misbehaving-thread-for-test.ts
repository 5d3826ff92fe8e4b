import { parentPort } from 'node:worker_threads'
import { parseMessage } from './parse-message.ts'

/** Reads like the real thread, except what asks for it: hangs, eats, throws and leaves. */
parentPort!.on('message', ({ id, source }: { id: number; source: Uint8Array }) => {
  const text = Buffer.from(source).toString('latin1')
  if (text.includes('X-Deed: hang')) for (;;);
  if (text.includes('X-Deed: eat')) eat()
  if (text.includes('X-Deed: throw')) throw new Error('out of order')
  if (text.includes('X-Deed: leave')) process.exit(3)
  parentPort!.postMessage({ id, message: parseMessage(source) })
})

function eat(): void {
  const eaten: unknown[] = []
  for (;;) eaten.push({ of: eaten, more: [eaten.length, `${eaten.length}`] })
}

parentPort!.postMessage('ready')
