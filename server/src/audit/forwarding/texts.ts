/** Texts of incidents about the forwarding of the audit list. */
export const TEXTS = {
  target: 'Audit list to {destination}',
  failing:
    '{reason}. Entries wait in the database until the age of the audit list, and are forwarded in order once it works again.',
  stalled: 'No entry was forwarded since {since}, while entries wait in the database.',
  elsewhere: 'Another server forwards to {destination}, so this one waits.',
  deleted: '{count} entries were deleted by their age before they were forwarded, the last ones at {at}.',
} as const
