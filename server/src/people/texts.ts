/** Texts about API keys: details of a refusal, expected networks, and the email before a key expires. */
export const TEXTS = {
  keyExpired: 'The key that begins with {prefix} has expired.',
  keyFromElsewhere: 'The key that begins with {prefix} isn’t allowed from {address}.',
  networkExpected: 'an address or a network, such as 203.0.113.7 or 10.0.0.0/8',
  smallerNetwork: 'a smaller network, or no network to allow all',
  withoutHostBits: '{network}, or {address} for one address',
  expirySubject: '[Postkey] The API key {name} expires {span}',
  expiryOpening: 'The API key "{name}" ({prefix}…) expires {span}.',
  withinDay: 'within a day',
  inDays: 'in {count} days',
  refusedFrom: 'From {date} on, requests with this key are refused.',
  lastUsed: 'It was last used on {date}.',
  neverUsed: 'It was never used.',
  scopes: 'Scopes: {scopes}',
  allowedNetworks: 'Allowed networks: {networks}',
  allNetworks: 'all',
  replace:
    'To replace it, create a new key under Settings, API keys, enter it in the program, and revoke this one. If no program needs it, ignore this message.',
} as const
