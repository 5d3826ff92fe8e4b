/** Texts of incidents about the forwarding of the audit list. */
export const TEXTS = {
  target: 'Audit list to {destination}',
  failing: '{reason}. Entries wait in the database, and are forwarded in order once it works again.',
} as const
