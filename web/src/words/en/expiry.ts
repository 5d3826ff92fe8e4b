/** Expiry dates of secrets and certificates, which the banner shows too. */
export const expiry = {
  ends: {
    unknown: 'expiry date unknown',
    missing: 'no secret',
    left: (days: number) => (days === 1 ? 'expires within a day' : `expires in ${days} days`),
    over: (days: number) => (days === 0 ? 'expired' : `expired ${days === 1 ? '1 day' : `${days} days`} ago`),
  },
  ending: {
    title: (kind: 'secret' | 'certificate', days: number) =>
      `The ${kind === 'secret' ? 'client secret' : 'certificate'} expires ${days === 1 ? 'within a day' : `in ${days} days`}`,
    onDay: 'On',
    it: 'It',
    sentence: (name: string) => `${name} is the last one that works. Then these mailboxes stop receiving and sending:`,
    noDependents: (name: string) => `${name} is the last one that works. No mailbox depends on it yet.`,
    remedy: {
      secret:
        'Create a new client secret in Entra ID and select “Add secret” under Credentials. Postkey checks it first. Users don’t have to sign in again, and no mail is lost.',
      certificate:
        'Select “Create certificate” under Credentials and upload it in Entra ID. Postkey checks it first. Users don’t have to sign in again, and no mail is lost.',
    },
    pastTitle: (kind: 'secret' | 'certificate') =>
      `The ${kind === 'secret' ? 'client secret' : 'certificate'} has passed its expiry date, but Microsoft still accepted it`,
    wasOn: 'Expiry date:',
    past: 'Look up the date in Entra ID under Certificates & secrets. If it is different, correct it under Credentials. If it is right, add a new one now: the mailboxes stop with the next token request.',
    unknownTitle: (kind: 'secret' | 'certificate') =>
      `The expiry date of the ${kind === 'secret' ? 'client secret' : 'certificate'} is unknown`,
    unknown:
      'Postkey can’t warn you before the mailboxes stop. Entra ID shows the date next to the secret under Certificates & secrets: then select “Enter expiry date” under Credentials here.',
  },
}
