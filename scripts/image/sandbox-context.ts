/** Build context of the image of the sandbox: its npm package, and the locked package of Node. */
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Lock } from '../release/packages.ts'
import { buildSandboxPackage } from '../sandbox-package/build.ts'
import { type Cpu, downloadPackage, nodeOf, writeSums } from './context.ts'

const PACKAGE = 'postkey-sandbox.tgz'

export interface SandboxContextOptions {
  lock: Lock
  cpu: Cpu
  /** Time of the files in the package, in seconds since 1970. */
  time: number
  /** Folder of the context, which is replaced. */
  target: string
}

/** @throws {Error} when the package can't be built, or Node is not the one of the lockfile */
export async function prepareSandboxContext({ lock, cpu, time, target }: SandboxContextOptions): Promise<void> {
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  renameSync(await buildSandboxPackage({ target, time }), join(target, PACKAGE))
  const node = nodeOf(lock, cpu)
  downloadPackage(node, target)
  writeSums(target, [PACKAGE, node.file])
}
