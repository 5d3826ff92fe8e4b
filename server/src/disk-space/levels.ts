export interface Space {
  /** Bytes available to an ordinary user. */
  freeBytes: number
  totalBytes: number
}

/** `low`: an incident is open. `refusing`: in addition, new messages and attachments are refused. */
export type Level = 'enough' | 'low' | 'refusing'

const MB = 1_000_000
/** Reserve for messages accepted before, for arriving mail, and for PostgreSQL's own work. */
const RESERVE_BYTES = 500 * MB
const RESERVE_SHARE = 0.05

/**
 * Returns the thresholds of the levels. Values to leave a level lie above those to enter it, so that a small change
 * doesn't open a second incident.
 */
export function calculateThresholds({ totalBytes }: Pick<Space, 'totalBytes'>) {
  const refuseBytes = Math.min(RESERVE_BYTES, totalBytes * RESERVE_SHARE)
  return { refuseBytes, acceptBytes: 1.5 * refuseBytes, lowBytes: 2 * refuseBytes, enoughBytes: 2.5 * refuseBytes }
}

export function chooseLevel(space: Space, before: Level): Level {
  const { freeBytes } = space
  const { refuseBytes, acceptBytes, lowBytes, enoughBytes } = calculateThresholds(space)
  if (freeBytes < (before === 'refusing' ? acceptBytes : refuseBytes)) return 'refusing'
  return freeBytes < (before === 'enough' ? lowBytes : enoughBytes) ? 'low' : 'enough'
}

export function sizeWords(bytes: number): string {
  if (bytes >= 1000 * MB) return `${(bytes / (1000 * MB)).toFixed(1)} GB`
  return bytes >= 10 * MB ? `${Math.round(bytes / MB)} MB` : `${(bytes / MB).toFixed(1)} MB`
}
