/** Sign-in with a code that the user enters on another device (RFC 8628). */
export const deviceSignIn = {
  title: (address: string) => `Sign in with a code for ${address}`,
  open: 'In any browser, open',
  type: 'and enter this code:',
  code: 'Code',
  warning: 'Only enter a code you requested yourself. Otherwise you give the sender access.',
  waiting: 'Waiting for Microsoft. The code expires',
  done: (userName: string) => `${userName} has signed in`,
  doneSentence: (address: string) => `The sign-in opens ${address}.`,
  signedIn: (userName: string) => `${userName} signed in.`,
}
