export const identity = {
  title: 'Confirm it’s you',
  sentence: 'This change affects access to Postkey. For the next 10 minutes, you won’t be asked again.',
  passkey: 'Use your passkey',
  password: 'Your password',
  others: {
    passkey: 'Use a passkey instead',
    password: 'Use your password instead',
  },
  confirm: 'Confirm',
  confirmWith: (provider: string) => `Confirm with ${provider}`,
  leavesPage:
    'At a provider, you sign in again. You leave this page and come back to it: what you didn’t save is lost. Then repeat the action.',
  noMethod:
    'You can’t confirm with a password, passkey or linked account in this browser. Sign out and in again, then repeat the action.',
}
