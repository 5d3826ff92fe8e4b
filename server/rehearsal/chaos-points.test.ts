import { describe, expect, it } from 'vitest'
import { createChaos, readChaosOrders, withPoints } from './chaos-points.ts'

describe('a chaos order', () => {
  it('names a step, its occurrence, and whether the process is killed or stopped', () => {
    expect(readChaosOrders('before-send:3, page-read:1:stop')).toEqual([
      { step: 'before-send', nth: 3, signal: 'SIGKILL' },
      { step: 'page-read', nth: 1, signal: 'SIGSTOP' },
    ])
  })

  it.each(['', 'before-send', 'before-send:0', 'before-send:x', 'Before:1', 'a:1:kill', 'a:1,,b:2'])(
    'is rejected when malformed: %j',
    (written) => expect(readChaosOrders(written)).toBeUndefined(),
  )
})

describe('chaos injection', () => {
  it('sends its signal once, at the ordered step and occurrence', () => {
    const sent: string[] = []
    const at = createChaos(readChaosOrders('a:2,b:1:stop')!, (signal) => sent.push(signal))

    for (const step of ['a', 'c', 'a', 'a']) at(step)
    expect(sent).toEqual(['SIGKILL'])
    at('b')
    expect(sent).toEqual(['SIGKILL', 'SIGSTOP'])
  })
})

describe('chaos points around an object', () => {
  const told: string[] = []
  const server = {
    sending: {
      async send(what: string) {
        told.push(`send ${what}`)
        return `sent ${what}`
      },
    },
    async *pages() {
      for (const page of [1, 2]) {
        told.push(`page ${page}`)
        yield page
      }
    },
    limits: { bytes: 7 },
    plain: () => 'untouched',
  }
  const around = withPoints(server, { send: ['before', 'after'], pages: [undefined, 'read'] }, (step) =>
    told.push(`at ${step}`),
  )

  it('run before a method is called and after it has returned, also in nested objects', async () => {
    told.length = 0
    expect(await around.sending.send('A')).toBe('sent A')
    expect(told).toEqual(['at before', 'send A', 'at after'])
  })

  it('run after each yielded item, before the consumer receives it', async () => {
    told.length = 0
    for await (const page of around.pages()) told.push(`has ${page}`)
    expect(told).toEqual(['page 1', 'at read', 'has 1', 'page 2', 'at read', 'has 2'])
  })

  it('pass errors on and leave other members unchanged', async () => {
    const failing = withPoints({ send: () => Promise.reject(new Error('no')) }, { send: ['before', 'after'] }, () => 0)

    await expect(failing.send()).rejects.toThrow('no')
    expect(around.limits).toEqual({ bytes: 7 })
    expect(around.plain()).toBe('untouched')
  })
})
