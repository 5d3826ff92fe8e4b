/** A time cut into equal slots, of which figures are told. */
export interface Slots {
  from: Date
  /** The first moment that does not belong to it. */
  to: Date
  slotMs: number
}

/** Of how many something took how long. */
export interface Latency {
  count: number
  /** Half of them took no longer. */
  p50Ms: number
  maxMs: number
}
