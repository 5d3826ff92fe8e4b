import { TEXTS } from './texts.ts'

/** Says why standard output was lost. EPIPE: its reader ended before it read a secret. */
export const lossText = ({ code, message }: NodeJS.ErrnoException): string =>
  code === 'EPIPE' ? TEXTS.secretUnread : message
