/** Entry of the package `@postkey/sandbox`; `api.ts` has its types. */
import { join } from 'node:path'
import { anyFreePort, choosePorts, type Ports } from '../src/ports.ts'
import * as sandbox from '../src/sandbox.ts'
import type * as api from './api.ts'
import { createControl } from './control.ts'

export type * from './api.ts'

const PARTS: readonly (keyof Ports)[] = ['login', 'graph', 'portal', 'controlPanel', 'imap', 'smtp']

export const startSandbox: typeof api.startSandbox = async (options = {}) => {
  const { dataFolder, ports = {}, named, sampleMail, onError } = options
  const stored: Partial<Ports> = dataFolder === undefined ? {} : await choosePorts(dataFolder)
  const running = await sandbox.startSandbox({
    ports: await completed({ ...stored, ...ports }),
    ...(dataFolder !== undefined && { databasePath: join(dataFolder, 'sandbox.sqlite') }),
    ...(named && { named }),
    ...(sampleMail !== undefined && { withMail: sampleMail }),
    ...(onError && { report: onError }),
  })
  return { ...(await createControl(running.addresses.controlPanel)), stop: () => running.close() }
}

export const connectToSandbox: typeof api.connectToSandbox = createControl

async function completed(ports: Partial<Ports>): Promise<Ports> {
  const all = { ...ports }
  for (const part of PARTS) all[part] ??= await anyFreePort()
  return all as Ports
}
