import { LRUCache } from 'lru-cache'

/** Milliseconds for which a source is kept. The images of a message are requested within seconds of each other. */
const KEPT_MS = 30_000
/** Maximum total size of kept sources. A larger source is returned to the waiting requests and not kept. */
const MOST_BYTES = 96 * 1024 * 1024
/** Maximum concurrent loads. Their sources are not included in the total; the origins limit the size of each. */
const MOST_LOADING = 8

/** Origin of a message source that isn't cached. */
export interface SourceOrigin {
  /** Unique key of the message in this process. */
  key: string
  /** Loads the source; undefined when the message is gone. Errors are passed on and not cached. */
  load: () => Promise<Uint8Array | undefined>
}

export interface RecentSources {
  /** Returns a source. Concurrent requests for the same source load it once. */
  get(origin: SourceOrigin): Promise<Uint8Array<SharedArrayBuffer> | undefined>
  clear(): void
}

/**
 * Cache of recently read message sources, in memory shared by threads. Without it, each inline image of a message would
 * load the whole message again.
 *
 * Cost of n images: one load and one copy on the main thread. The thread copies and reads the source for each image.
 */
export function createRecentSources({
  keptMs = KEPT_MS,
  mostBytes = MOST_BYTES,
  mostLoading = MOST_LOADING,
  /** Milliseconds, from any start. */
  now = () => performance.now(),
} = {}): RecentSources {
  const kept = new LRUCache<string, Uint8Array<SharedArrayBuffer>>({
    maxSize: mostBytes,
    sizeCalculation: ({ length }) => Math.max(1, length),
    ttl: keptMs,
    perf: { now },
    // Without it, memory is released only when another source is loaded.
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
