import { LRUCache } from 'lru-cache'

/** The images of a message are asked for within seconds of each other. */
const KEPT_MS = 30_000
/** Of all sources together. A larger one is given to the requests that already wait for it, and not kept. */
const MOST_BYTES = 96 * 1024 * 1024

/** Where the source of a message comes from when it is not at hand. */
export interface SourceOrigin {
  /** Names one message in this process. */
  key: string
  /** Undefined when the message is gone. Its errors are passed on and not kept. */
  load: () => Promise<Uint8Array | undefined>
}

export interface RecentSources {
  /** Requests for one source at the same time load it once. */
  get(origin: SourceOrigin): Promise<Uint8Array<SharedArrayBuffer> | undefined>
  clear(): void
}

/**
 * Sources of messages that were read a moment ago, in memory that threads share. Each inline image of a message would
 * otherwise load the whole message again.
 *
 * Cost of n images: one load and one copy instead of n.
 */
export function createRecentSources({ keptMs = KEPT_MS, mostBytes = MOST_BYTES } = {}): RecentSources {
  const sources = new LRUCache<string, Uint8Array<SharedArrayBuffer>, SourceOrigin['load']>({
    maxSize: mostBytes,
    sizeCalculation: ({ length }) => Math.max(1, length),
    ttl: keptMs,
    // Without it, memory is released only when something else is loaded.
    ttlAutopurge: true,
    ignoreFetchAbort: true,
    fetchMethod: async (_key, _stale, { context: load }) => {
      const loaded = await load()
      return loaded && inSharedMemory(loaded)
    },
  })
  return {
    get: ({ key, load }) => sources.fetch(key, { context: load }),
    clear: () => {
      sources.clear()
    },
  }
}

function inSharedMemory(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
}
