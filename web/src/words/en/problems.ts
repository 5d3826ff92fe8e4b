export const problems = {
  offline: {
    title: 'Postkey does not answer',
    fix: 'Check that the server runs and that this machine is online. Nothing that you wrote is lost.',
  },
  unreadable: {
    title: 'The answer was not from Postkey',
    fix: 'Something between this browser and Postkey answered instead, such as a proxy. Try again in a moment.',
  },
  crashed: {
    title: 'This page has a defect',
    fix: 'Load the page again. What was saved is not lost. If it happens again, report it with the details for support.',
  },
  notFound: {
    title: 'There is nothing here',
    fix: 'The address may be old, or it is about a mailbox that you do not work on.',
    home: 'Go to the start page',
  },
  forAdmins: {
    title: 'This page is for admins',
    fix: 'You are an agent: your mail is in the Inbox. What you need here, an admin of your team can do for you.',
    home: 'Go to the Inbox',
  },
  code: 'Code',
  trace: 'Trace',
  upstream: 'Microsoft said',
  at: 'Time',
}
