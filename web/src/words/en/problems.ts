export const problems = {
  offline: {
    title: 'Can’t reach Postkey',
    fix: 'Check that the server is running and that you’re online. Your text is kept.',
  },
  unreadable: {
    title: 'Unexpected response',
    fix: 'The response came from something between this browser and Postkey, such as a proxy. Try again in a moment.',
  },
  crashed: {
    title: 'This page has stopped working',
    fix: 'Reload the page. Saved data isn’t lost. If it happens again, report it with the details for support.',
  },
  notFound: {
    title: 'Page not found',
    fix: 'The address may be outdated, or you don’t have access to this mailbox.',
    home: 'Go to the start page',
  },
  otherRole: {
    title: { auditor: 'This page is not for auditors', others: 'This page is for admins' },
    fix: {
      supervisor:
        'You’re signed in as a supervisor. Your mail is in the Inbox. Ask an admin of your team for changes here.',
      agent: 'You’re signed in as an agent. Your mail is in the Inbox. Ask an admin of your team for changes here.',
      auditor: 'You’re signed in as an auditor. You can read the audit list, incidents and the health of mailboxes.',
    },
    home: { auditor: 'Go to Audit', others: 'Go to the Inbox' },
  },
  code: 'Code',
  trace: 'Trace',
  upstream: 'Microsoft’s response',
  at: 'Time',
}
