/** A mailbox of the sandbox, connected to a Postkey that runs in a container of this machine's network. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { choosePorts } from '../../sandbox/src/ports.ts'
import { startSandbox, type Sandbox } from '../../sandbox/src/sandbox.ts'
import { writeCloudsFile } from '../../scripts/start/sandbox-process.ts'
import { connectPart, type ConnectedPart } from '../drill/connected-part.ts'
import { createControlPanel, type ControlPanel } from '../drill/control-panel.ts'
import { prepareCast, type Part } from '../drill/people.ts'
import { ADMIN } from '../walk/connect-support.ts'
import { createPostkeyClient } from '../walk/postkey-client.ts'

export interface Microsoft {
  cloudsFile: string
  /** Creates the first admin and connects the mailbox. */
  connect(firstAdminLink: string): Promise<{ part: ConnectedPart; controlPanel: ControlPanel }>
  close(): Promise<void>
}

export async function startMicrosoft(folder: string, address: string): Promise<Microsoft> {
  const sandboxFolder = join(folder, 'sandbox')
  mkdirSync(sandboxFolder)
  const cast = await prepareCast(sandboxFolder, `${address}/oauth/callback`, [{ name: 'image' }])
  const ports = await choosePorts(sandboxFolder)
  const databasePath = join(sandboxFolder, 'sandbox.sqlite')
  const sandbox: Sandbox = await startSandbox({ databasePath, ports, withMail: false })
  return {
    cloudsFile: writeCloudsFile(folder, ports),
    async connect(firstAdminLink) {
      const client = createPostkeyClient(address)
      await client.call('POST', '/v1/links/accept', { token: new URL(firstAdminLink).hash.slice(1), ...ADMIN })
      const controlPanel = await createControlPanel(sandbox.addresses.controlPanel, address)
      const deps = { client, postkey: { address, sandbox: sandbox.addresses }, controlPanel, admin: ADMIN.email }
      const part = await connectPart(deps, cast.get('image') as Part, { key: 'IMAGE', kind: 'user' })
      return { part, controlPanel }
    },
    close: () => sandbox.close(),
  }
}
