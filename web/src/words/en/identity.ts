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
  noMethod:
    'You can’t confirm with a password or passkey in this browser. Sign out and in again, then repeat the action.',
}
