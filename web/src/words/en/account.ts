export const account = {
  title: 'My account',
  password: {
    title: 'Password',
    sentence: 'Changing it ends your other sessions.',
    change: 'Change password',
    current: 'Current password',
    next: 'New password',
    again: 'Confirm new password',
    changed: 'Password changed. Your other sessions have ended.',
  },
  sessions: {
    title: 'Sessions',
    sentence: 'Browsers in which you’re signed in. If you don’t recognize one, end it and change your password.',
    list: 'Sessions, last used first',
    here: 'this browser',
    device: (browser: string | undefined, system: string | undefined) =>
      browser === undefined
        ? (system ?? 'Unknown browser')
        : system === undefined
          ? browser
          : `${browser} on ${system}`,
    methods: {
      password: 'password',
      passkey: 'passkey',
      openid: 'single sign-on',
      link: 'link',
    },
    secondFactors: { totp: 'authenticator app', 'recovery-code': 'recovery code' },
    signedIn: (method: string, address: string) => `By ${method}, from ${address}`,
    opened: 'Signed in',
    lastSeen: 'last used',
    end: 'End',
    endOf: (device: string) => `End session: ${device}`,
    ended: 'Session ended',
    endOthers: 'End all others',
    othersEnded: (count: number) => (count === 1 ? '1 session ended' : `${count} sessions ended`),
  },
  notifications: {
    title: 'Notifications',
    sentence: 'Choose what you’re notified about, by email and in this browser.',
    open: 'Notification settings',
  },
  keys: {
    title: 'Your API keys',
    sentence: 'Keys that you created. They end when you’re removed or stop being an admin.',
    empty: 'You have no valid API keys.',
    open: 'Manage API keys',
  },
}
