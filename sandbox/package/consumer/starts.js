/** Starts two sandboxes, uses the control functions of one, and stops both. */
import { startSandbox } from '@postkey/sandbox'

const [sandbox, other] = await Promise.all([startSandbox(), startSandbox({ sampleMail: false })])
const addresses = [sandbox, other].flatMap((each) => Object.values(each.addresses))
await other.stop()

const users = await sandbox.listUsers()
const { tenantId, clientId, clientSecret } = await sandbox.registerApplication({
  applicationPermissions: ['Mail.ReadWrite', 'Mail.Send'],
  grantAdminConsent: true,
})
const unconsented = await sandbox.registerApplication({
  redirectUris: ['http://localhost:3999/callback'],
  delegatedPermissions: ['Mail.Read'],
})
const { code } = await sandbox.authenticatorCode('anna@contoso.example')
const { offsetMs } = await sandbox.moveClock(3_600_000)

const tokens = await fetch(`${sandbox.addresses.login}/${tenantId}/oauth2/v2.0/token`, {
  method: 'POST',
  body: new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: 'https://graph.microsoft.com/.default',
  }),
})
const { access_token: token } = await tokens.json()
const graph = (path, init = {}) =>
  fetch(`${sandbox.addresses.graph}/v1.0/users/support@contoso.example${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })

const fault = await sandbox.switchOnFault('graph-throttled', { on: { mailbox: 'support@contoso.example' } })
const throttled = await graph('/messages')
const calls = await sandbox.faultCalls(fault.id)
await sandbox.switchOffFault(fault.id)
const readable = await graph('/messages')
const refused = await sandbox.switchOnFault(7).catch((error) => error.message)

await sandbox.sendFromOutside({ from: 'kim@customer.example', to: 'support@contoso.example', subject: 'Question', text: 'How?' }) // prettier-ignore
const { value } = await (await graph('/messages?$search="subject:question"')).json()
await graph(`/messages/${value[0].id}/reply`, { method: 'POST', body: JSON.stringify({ comment: 'Like this' }) })
const { messages } = await sandbox.listOutsideMessages({ to: 'kim@customer.example', waitMs: 20_000 })

const withoutConsent = await consentPage()
await sandbox.stop()
const stopped = await fetch(sandbox.addresses.graph).then(
  () => false,
  () => true,
)

console.log(
  JSON.stringify({
    addressesOfTwo: new Set(addresses).size,
    administrators: users.filter((each) => each.globalAdministrator).map((each) => each.mail),
    withoutConsent,
    code: /^\d{6}$/.test(code),
    moved: offsetMs,
    throttled: [throttled.status, readable.status],
    met: calls.length,
    refused,
    answered: messages[0].subject,
    stopped,
  }),
)

/** AADSTS number of a sign-in by password without consent. */
async function consentPage() {
  const response = await fetch(`${sandbox.addresses.login}/${unconsented.tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: unconsented.clientId,
      client_secret: unconsented.clientSecret,
      username: 'ben@contoso.example',
      password: users.find((each) => each.mail === 'ben@contoso.example').password,
      scope: 'Mail.Read',
    }),
  })
  return /AADSTS\d+/.exec((await response.json()).error_description)?.[0]
}
