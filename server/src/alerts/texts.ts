/** Texts of the tests of alert channels: the email with a code, and the request to a webhook. */
export const TEXTS = {
  relayTestSubject: 'Postkey test: {code}',
  relayTest: `This is a test. An admin requested it in Postkey, to check that emails about stopped mailboxes arrive here.

The code is {code}

Enter it within an hour in Postkey under Settings, Alerts, and select "Confirm arrival":

  {url}

If you didn’t request this test, you can delete this email.
`,
  webhookTestSubject: '[Postkey] Test',
  webhookTest: 'This is a test that an admin requested in Postkey. Everything works.',
} as const
