/** `1 person`, `2 people` */
const people = (count: number) => (count === 1 ? '1 person' : `${count} people`)

export const signInPolicy = {
  title: 'Sign-in policy',
  secondFactor: 'Second factor',
  secondFactorHint:
    'The people who need a passkey or an authenticator app. Someone without one can sign in, and must add it first. A sign-in by Microsoft or OpenID counts as both factors.',
  secondFactorFor: {
    'no-one': 'Optional for everyone',
    admins: 'Required of admins',
    everyone: 'Required of everyone',
  },
  applies: 'Applies from',
  adminsApply: 'Admins need it from',
  requireNow: 'Require now',
  required: 'The second factor is required now.',
  requiredInWeek: 'The second factor is required in a week.',
  requireTitle: {
    admins: 'Require a second factor of admins?',
    everyone: 'Require a second factor of everyone?',
  },
  requireButton: 'Require second factor',
  onlyAdminsTitle: 'Require a second factor of admins only?',
  onlyAdminsSentence: 'Other people can then sign in with a password alone. Nothing changes for admins.',
  onlyAdminsButton: 'Require of admins only',
  onlyAdmins: 'The second factor is required of admins only.',
  optionalTitle: 'Make the second factor optional?',
  optionalSentence:
    'People without a passkey or an authenticator app can then sign in with a password alone, admins too. Factors that people have added are still asked for.',
  optionalButton: 'Make optional',
  withoutFactor: (count: number) =>
    count === 0
      ? 'Everyone concerned has a second factor, or signs in with Microsoft or OpenID.'
      : `${people(count)} without a second factor must add one to use a password:`,
  more: (count: number) => `and ${count} more`,
  alsoByProvider: 'can still sign in with a provider alone',
  adminsKeep: 'Admins need one from',
  when: 'When',
  now: 'From now',
  nowHint: 'After a sign-in with a password, they can do nothing else before, also in open sessions.',
  inWeek: 'In a week',
  inWeekHint:
    'Until then, a banner shows the date. If a mail relay is set up, they get an email within an hour and one a day before.',
  optional: 'The second factor is optional.',
  breakGlass: 'Break-glass admins',
  breakGlassHint:
    'They can sign in without Microsoft or OpenID while others can’t, for example when the provider is down. Each of these sign-ins is emailed to all admins.',
  needsFactors: 'Needs a passkey, or a password with an authenticator app',
  breakGlassSaved: 'Break-glass admins saved',
  breakGlassEnd: (name: string) => `Remove ${name} as break-glass admin?`,
  breakGlassEndSentence: (name: string) =>
    `${name} can then sign in only with Microsoft or OpenID. Sessions that no provider has opened end at once.`,
  breakGlassEndButton: 'Remove break-glass admin',
  only: 'Sign in only with Microsoft or OpenID',
  onlyHint: 'Passwords, passkeys and links for a new password sign no one in, except break-glass admins.',
  onlyOff: 'Passwords and passkeys are accepted again.',
  onlyOn: 'Only Microsoft and OpenID are accepted.',
  onTitle: 'Accept only Microsoft and OpenID?',
  onButton: 'Accept only providers',
  lockedOut: (count: number) =>
    count === 0
      ? 'Everyone has a linked identity or is a break-glass admin. No one is locked out.'
      : `${people(count)} without a linked identity will be locked out:`,
  unlock: 'Ask them to link an identity under My account first: while this is on, they can’t.',
  sessionsEnd: (count: number) => (count === 1 ? '1 session ends at once.' : `${count} sessions end at once.`),
  keeps: ['Sessions opened by a provider, and those of break-glass admins', 'API keys'],
}
