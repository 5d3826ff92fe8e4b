/** Time in which sending can be canceled safely. */
export const HOLD_MS = 8_000
