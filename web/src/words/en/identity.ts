export const identity = {
  title: 'Confirm it’s you',
  sentence: 'This change affects access to Postkey. For the next 10 minutes, you won’t be asked again.',
  password: 'Your password',
  confirm: 'Confirm',
  noMethod: 'Your account has no password to confirm with. Sign out and in again, then repeat the action.',
}
