/** Tolerated difference; smaller ones can be network latency. */
const TOLERATED_MS = 5_000

let aheadMs = 0

/** The only clock of the web UI: the server's time, as far as it is known. */
export const clock = {
  // eslint-disable-next-line no-restricted-syntax -- This is the clock.
  now: () => new Date(Date.now() + aheadMs),

  /** Sets the server's time (RFC 9110 §6.6.1), in whole seconds. */
  hear(date: string | null): void {
    const serverMs = Date.parse(date ?? '')
    if (Number.isNaN(serverMs)) return
    // eslint-disable-next-line no-restricted-syntax -- This is the clock.
    const differenceMs = serverMs - Date.now()
    aheadMs = Math.abs(differenceMs) < TOLERATED_MS ? 0 : differenceMs
  },
}
