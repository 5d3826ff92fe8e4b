/** Texts about API keys (details of a refusal, expected networks, the email before a key expires), and emails about an account. */
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
  /** Subject and first sentence of an email to a person about their account. */
  securityNews: {
    new_device: {
      subject: '[Postkey] New sign-in to your account',
      opening: 'Your Postkey account was used to sign in on a device or browser that hasn’t been used with it before.',
    },
    password_changed: {
      subject: '[Postkey] Your password was changed',
      opening: 'The password of your Postkey account was changed.',
    },
    password_reset: {
      subject: '[Postkey] Your password was reset',
      opening: 'A new password was set for your Postkey account with a link that an admin created.',
    },
    passkey_added: {
      subject: '[Postkey] A passkey was added to your account',
      opening: 'The passkey "{name}" was added to your Postkey account. It can be used to sign in.',
    },
    passkey_removed: {
      subject: '[Postkey] A passkey was removed from your account',
      opening: 'The passkey "{name}" was removed from your Postkey account.',
    },
    totp_added: {
      subject: '[Postkey] An authenticator app was added to your account',
      opening: 'An authenticator app was added to your Postkey account. Its codes are a second factor at sign-in.',
    },
    totp_removed: {
      subject: '[Postkey] The authenticator app was removed from your account',
      opening: 'The authenticator app was removed from your Postkey account. Sign-in no longer asks for its codes.',
    },
    recovery_codes_replaced: {
      subject: '[Postkey] Your recovery codes were replaced',
      opening: 'New recovery codes were created for your Postkey account. The earlier ones no longer work.',
    },
    recovery_code_used: {
      subject: '[Postkey] A recovery code was used for your account',
      opening:
        'A recovery code was used to sign in to your Postkey account, or to confirm an action. Unused codes left: {left}.',
    },
    key_used_from_new_network: {
      subject: '[Postkey] One of your API keys was used from a new network',
      opening:
        'Your API key "{name}" was used from a network that it hasn’t been used from before. If you don’t know the address, revoke the key under Settings, API keys.',
    },
    factors_removed: {
      subject: '[Postkey] Your second factors were removed',
      opening: 'An admin removed all second factors of your Postkey account, so that you can set up new ones.',
    },
    provider_linked: {
      subject: '[Postkey] A sign-in was linked to your account',
      opening: 'The account {account} at {provider} was linked to your Postkey account. It can be used to sign in.',
    },
    provider_unlinked: {
      subject: '[Postkey] A sign-in was unlinked from your account',
      opening: 'The account {account} at {provider} was unlinked from your Postkey account.',
    },
  },
  breakGlassSubject: '[Postkey] {email} signed in as a break-glass admin',
  breakGlassOpening:
    '{name} ({email}) signed in to Postkey without Microsoft or OpenID. Only break-glass admins can do this while the sign-in policy accepts only providers.',
  breakGlassClosing:
    'If you don’t know the reason, ask {email} at once. Settings, Sign-in policy, lists the break-glass admins, and the audit list what was done.',
  policySubject: '[Postkey] The sign-in policy was changed',
  policyOpening: '{who} changed how people may sign in to Postkey:',
  policyByCommandLine: 'Someone at the command line of the server',
  policyOnlyOn: '- Only sign-ins by Microsoft or OpenID are accepted, except those of break-glass admins.',
  policyOnlyOff: '- Passwords and passkeys are accepted again.',
  policyByPostkey: 'A sign-in provider, or Postkey itself,',
  policyFactorBefore: '- Second factor before: {state}.',
  policyFactorNow: '- Second factor now: {state}.',
  policyFactorOf: {
    'no-one': 'optional for everyone',
    admins: 'required only of admins, {when}',
    everyone: 'required of everyone, {when}',
  },
  policyFactorOfAdmins: ', and of admins {when}',
  policySince: 'since {time}',
  policyFrom: 'from {time}',
  policyFirstWeek: 'from a week after the first person has joined',
  policyFactorEnded: '- A password alone signs everyone in again, admins too.',
  policyFactorEndedForOthers: '- A password alone signs people in again who aren’t admins.',
  policyFactorSuspended:
    '- For people who aren’t admins, the second factor is suspended until {time}: a password alone signs them in.',
  policyAdded: '- Break-glass admin added: {name} ({email})',
  policyRemoved: '- Break-glass admin removed: {name} ({email})',
  policyEnded: '- No longer a break-glass admin, because a factor or the role was removed: {name} ({email})',
  policyClosing:
    'If you don’t know the reason, find it out at once. Settings, Sign-in policy, shows the policy, and the audit list what was done.',
  factorSubject: '[Postkey] Add a second factor by {date}',
  factorOpening:
    'From {time} on, your Postkey account needs a second factor in addition to the password: a passkey or an authenticator app. Without one, with your password, you can then sign in only to add it. A sign-in by Microsoft or another provider needs none.',
  factorSteps: 'To add it now, sign in, and open My account:',
  factorReason: 'An admin of Postkey decides who needs one, under Settings, Sign-in policy.',
  securityTime: '  Time: {time}',
  securityAddress: '  From address: {address}',
  securityDevice: '  Device: {device}',
  securityPostkey: '  Postkey: {address}',
  securityIfYou:
    'If this was you, ignore this message. If it wasn’t, tell an admin of Postkey at once: an admin can create a link for a new password, which ends all sessions of your account.',
} as const
