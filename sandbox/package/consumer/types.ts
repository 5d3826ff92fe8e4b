/** Type-checked against the types of the package, never run. */
import { connectToSandbox, type Sandbox, startSandbox } from '@postkey/sandbox'

const sandbox: Sandbox = await startSandbox({ dataFolder: 'data', ports: { imap: 1143 }, named: { login: 'https://login.microsoftonline.com' } }) // prettier-ignore
const { clientSecret } = await sandbox.registerApplication({ applicationPermissions: ['Mail.Read'] })
const secret: string | undefined = clientSecret
const now: Date = (await sandbox.moveClock(1000)).now
const ports: number[] = [sandbox.imap.port, sandbox.smtp.port]
const { id }: { id: string } = await sandbox.switchOnFault('smtp-slow', { on: { user: 'ben@contoso.example' }, options: { times: 1 } }) // prettier-ignore
const text: string | undefined = (await sandbox.outsideMessage(id)).text
// @ts-expect-error: an unknown option
await startSandbox({ port: 1 })
// @ts-expect-error: a target that no fault has
await sandbox.switchOnFault('smtp-slow', { on: { folder: 'inbox' } })
// @ts-expect-error: a sandbox elsewhere can't be stopped from here
const stop: unknown = (await connectToSandbox('http://localhost:8413')).stop

export const used = [secret, now, ports, text, stop]
