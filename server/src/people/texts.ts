/** Texts about API keys: details of a refusal, and the email before a key expires. */
export const TEXTS = {
  keyExpired: 'The key that begins with {prefix} has expired.',
  keyFromElsewhere: 'The key that begins with {prefix} isn’t allowed from {address}.',
  expirySubject: '[Postkey] The API key {name} expires {span}',
  expiryOpening: 'The API key "{name}" ({prefix}…) expires {span}, on {date}.',
  withinDay: 'within a day',
  inDays: 'in {count} days',
  lastUsed: 'It was last used on {date}. Requests with it are then refused.',
  neverUsed: 'It was never used.',
  replace:
    'To replace it, create a new key under Settings, API keys, enter it in the program, and revoke this one. If no program needs it, ignore this message.',
} as const
