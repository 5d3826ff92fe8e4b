/**
 * Maximum pause that a mail server may request. A server or a device in between may request more by mistake, but the
 * mailbox must be tried again.
 */
export const LONGEST_REQUESTED_PAUSE_MS = 6 * 60 * 60_000
