/** For people without a second factor. */
export const factorFirst = {
  title: 'Add a second factor',
  sentence:
    'Your account needs a passkey or an authenticator app in addition to the password. Everything else works again once you have added one.',
  done: 'Your second factor is set up.',
  relaxed: 'An admin has changed the policy: your account no longer needs a second factor now.',
  go: 'Continue to Postkey',
  banner: 'Your account needs a passkey or an authenticator app from',
  add: 'Add it now',
}
