/** Registers an application in a sandbox that runs elsewhere, and sends mail into it. */
import { connectToSandbox } from '@postkey/sandbox'

const sandbox = await connectToSandbox(process.argv[2])
const application = await sandbox.registerApplication({
  redirectUris: ['http://localhost:3999/callback'],
  delegatedPermissions: ['Mail.Read', 'offline_access', 'openid', 'https://outlook.office.com/IMAP.AccessAsUser.All'],
  grantAdminConsent: true,
})
await sandbox.sendFromOutside({
  from: 'Kim <kim@customer.example>',
  to: 'ben@contoso.example',
  subject: 'From outside',
  text: 'Hello',
})
console.log(JSON.stringify({ addresses: sandbox.addresses, imap: sandbox.imap, application }))
