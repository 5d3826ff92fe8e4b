export const entry = {
  signIn: 'Sign in',
  signInTitle: 'Sign in to Postkey',
  ended: 'Your session has ended. Sign in again, and go on where you were.',
  email: 'Email address',
  password: 'Password',
  forgotten: 'Password forgotten? An admin of Postkey can give you a link to choose a new one.',
  noAdminYet: 'Nobody has joined yet? The first admin’s link is in the block that the start printed.',
  join: {
    'first-admin': {
      title: 'You are the first admin',
      sentence: 'Choose how you sign in from now on. Then Postkey walks you through connecting the first mailbox.',
      button: 'Begin',
    },
    invitation: {
      title: (name: string) => `Welcome, ${name}`,
      sentence: (email: string) => `Choose a password. You will sign in as ${email}.`,
      button: 'Join',
    },
    reset: {
      title: 'Choose a new password',
      sentence: (email: string) => `For ${email}. Sessions that are open elsewhere end.`,
      button: 'Save and sign in',
    },
  },
  name: 'Your name',
  nameHint: 'Your team sees it beside notes and assignments. Customers see the mailbox’s name.',
  passwordHint: (least: number) => `At least ${least} characters. A sentence is easier to remember than a riddle.`,
  passwordAgain: 'Password again',
  differs: 'The two passwords differ.',
  noToken: {
    title: 'This link is not whole',
    fix: 'Copy the whole link, with everything after #, or ask for a new one.',
  },
}
