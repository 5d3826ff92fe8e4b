import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { keepEventStream } from './event-stream.ts'

/** Stands for a browser's `EventSource` without a network: it sends nothing by itself. */
class SilentSource extends EventTarget {
  static readonly CLOSED = 2
  readyState = 0
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  onmessage: ((event: MessageEvent<string>) => void) | null = null

  close(): void {
    this.readyState = SilentSource.CLOSED
  }
  ping(everyMs: number): void {
    this.dispatchEvent(new MessageEvent('ping', { data: JSON.stringify({ everyMs }) }))
  }
}

it('receives a named event, which counts as a sign of life', () => {
  const named: string[] = []
  const stop = keepEventStream({
    ...{ onOpen: () => undefined, onLost: () => named.push('lost'), onRefused: () => undefined },
    open: () => {
      const source = new SilentSource()
      sources.push(source)
      return source as unknown as EventSource
    },
    onMessage: () => named.push('unnamed'),
    onNamed: { presence: (data) => named.push(data) },
  })
  for (let n = 0; n < 3; n++) {
    vi.advanceTimersByTime(30_000)
    sources[0]!.dispatchEvent(new MessageEvent('presence', { data: `${n}` }))
  }
  expect([named, sources.length]).toEqual([['0', '1', '2'], 1])
  stop()
})

let sources: SilentSource[] = []
let heard: string[] = []

function keep(): () => void {
  return keepEventStream({
    open: () => {
      const source = new SilentSource()
      sources.push(source)
      return source as unknown as EventSource
    },
    onOpen: () => heard.push('open'),
    onLost: () => heard.push('lost'),
    onRefused: () => heard.push('refused'),
    onMessage: (data) => heard.push(data),
  })
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', SilentSource)
  sources = []
  heard = []
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('stays open while pings arrive in time', () => {
  const stop = keep()
  sources[0]!.onopen!()
  for (let n = 0; n < 10; n++) {
    vi.advanceTimersByTime(24_000)
    sources[0]!.ping(10_000)
  }
  expect([sources.length, heard]).toEqual([1, ['open']])
  stop()
})

it('is reopened after two stated intervals of silence', () => {
  const stop = keep()
  sources[0]!.onopen!()
  sources[0]!.ping(10_000)

  vi.advanceTimersByTime(24_999)
  expect(sources).toHaveLength(1)
  vi.advanceTimersByTime(1)
  sources[1]!.onopen!()

  expect(sources[0]!.readyState).toBe(SilentSource.CLOSED)
  expect(heard).toEqual(['open', 'lost', 'open'])
  stop()
})

it('is reopened when the connection gets no response, as often as that happens', () => {
  const stop = keep()
  vi.advanceTimersByTime(3 * 35_000)
  expect(sources).toHaveLength(4)
  stop()
})

it('takes a message as a sign of life', () => {
  const stop = keep()
  vi.advanceTimersByTime(30_000)
  sources[0]!.onmessage!(new MessageEvent('message', { data: 'news' }))
  vi.advanceTimersByTime(30_000)
  expect([sources.length, heard]).toEqual([1, ['news']])
  stop()
})

it('retries once after a refusal', () => {
  const stop = keep()
  sources[0]!.close()
  sources[0]!.onerror!()
  expect(heard).toEqual(['lost', 'refused'])
  vi.advanceTimersByTime(5_000)
  expect(sources).toHaveLength(2)
  stop()
})

it('opens no connection after it is stopped', () => {
  const stop = keep()
  sources[0]!.onopen!()
  stop()
  vi.advanceTimersByTime(600_000)
  expect([sources.length, sources[0]!.readyState]).toEqual([1, SilentSource.CLOSED])
})
