/** Period divided into equal slots with figures. */
export interface Slots {
  from: Date
  /** Exclusive end of the slot. */
  to: Date
  slotMs: number
}

/** Number of measured operations and percentiles of their duration. */
export interface Latency {
  count: number
  /** Median duration in milliseconds. */
  p50Ms: number
  maxMs: number
}
