export const entry = {
  signIn: 'Sign in',
  signInTitle: 'Sign in to Postkey',
  ended: 'Your session has ended. Sign in again to continue where you left off.',
  withPasskey: 'Sign in with a passkey',
  secondStep: 'Second step',
  email: 'Email address',
  password: 'Password',
  forgotten: 'Forgot your password? An admin of Postkey can give you a reset link.',
  noAdminYet: 'No admin yet? The server printed the link for the first admin when it started.',
  join: {
    'first-admin': {
      title: 'Create the first admin',
      sentence: 'Choose how you’ll sign in. Then Postkey guides you through connecting the first mailbox.',
      button: 'Get started',
    },
    invitation: {
      title: (name: string) => `Welcome, ${name}`,
      sentence: (email: string) => `Choose a password. You’ll sign in as ${email}.`,
      button: 'Join',
    },
    reset: {
      title: 'Choose a new password',
      sentence: (email: string) => `For ${email}. All other sessions will end.`,
      button: 'Save and sign in',
    },
  },
  name: 'Your name',
  nameHint: 'Shown to your team with notes and assignments. Customers see the mailbox’s name.',
  passwordHint: (least: number) =>
    `At least ${least} characters, and more than a common password, your name or your address. A sentence is easy to remember.`,
  passwordAgain: 'Confirm password',
  differs: 'The passwords don’t match.',
  noToken: {
    title: 'This link is incomplete',
    fix: 'Copy the whole link, including everything after #, or ask for a new one.',
  },
}
