import { LRUCache } from 'lru-cache'

/** The images of a message are asked for within seconds of each other. */
const KEPT_MS = 30_000
/** Of all kept sources. A larger one is given to the requests that wait for it, and not kept. */
const MOST_BYTES = 96 * 1024 * 1024
/** Sources that are being loaded come on top of the kept ones; their origins limit the size of each. */
const MOST_LOADING = 8

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
 * Cost of n images: one load and one copy on the main thread. The thread copies and reads the source for each image.
 */
export function createRecentSources({
  keptMs = KEPT_MS,
  mostBytes = MOST_BYTES,
  mostLoading = MOST_LOADING,
} = {}): RecentSources {
  const kept = new LRUCache<string, Uint8Array<SharedArrayBuffer>>({
    maxSize: mostBytes,
    sizeCalculation: ({ length }) => Math.max(1, length),
    ttl: keptMs,
    // Without it, memory is released only when something else is loaded.
    ttlAutopurge: true,
  })
  const loading = new Map<string, Promise<Uint8Array<SharedArrayBuffer> | undefined>>()
  const waiting: (() => void)[] = []
  let places = mostLoading

  async function load(origin: SourceOrigin): Promise<Uint8Array<SharedArrayBuffer> | undefined> {
    if (places > 0) places--
    else await new Promise<void>((enter) => waiting.push(enter))
    try {
      const found = await origin.load()
      if (!found) return undefined
      const source = inSharedMemory(found)
      kept.set(origin.key, source)
      return source
    } finally {
      loading.delete(origin.key)
      const next = waiting.shift()
      if (next) next()
      else places++
    }
  }

  return {
    get(origin) {
      const known = kept.get(origin.key)
      if (known) return Promise.resolve(known)
      const running = loading.get(origin.key) ?? load(origin)
      loading.set(origin.key, running)
      return running
    },
    clear: () => {
      kept.clear()
    },
  }
}

function inSharedMemory(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
}
