/** Texts of the incident about an overdue backup. */
export const TEXTS = {
  last: 'The last backup is of {at} ({path} on {server}).',
  none: 'No backup was made yet.',
  failed: 'The attempt of {at} on {server} failed: {title}.',
  failedBecause: 'The attempt of {at} on {server} failed: {title} ({cause}).',
  running: 'A backup has been running on {server} since {at}.',
  space: '{free} are free in {path}, and the last backup took {size}',
} as const
