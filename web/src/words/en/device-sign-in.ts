/** Signing in by a code that is typed elsewhere (RFC 8628). */
export const deviceSignIn = {
  title: (address: string) => `Sign in by a code, for ${address}`,
  open: 'In any browser, open',
  type: 'and type this code:',
  code: 'Code',
  warning: 'Only enter a code that you asked for yourself. Whoever sent you one would get what you allow.',
  waiting: 'Postkey waits for Microsoft. The code ends',
  done: (userName: string) => `${userName} has signed in`,
  doneSentence: (address: string) => `The sign-in opens ${address}.`,
  signedIn: (userName: string) => `${userName} signed in.`,
}
