import { words } from '../../words/index.ts'

/** Field for the name of a passkey. */
export const PASSKEY_NAME = { label: words.factors.passkeys.name, maxLength: 60 }
