/** Texts about low disk space, as incidents and refusals show them. */
export const TEXTS = {
  refusing: '{space} New messages and attachments are refused until {accept} are free.',
  low: '{space} Below {refuse}, new messages and attachments are refused.',
  space: '{free} of {total} are free in {path} ({content}).',
  refusal: 'The server has less than {accept} of free disk space.',
  databaseFull: 'PostgreSQL could not write because its disk is full. New messages and attachments are refused.',
  databaseRefusal: 'The disk of PostgreSQL is full.',
} as const
