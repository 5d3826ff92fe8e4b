/** All cases. Groups run beside each other, each with an installation of its own; the longest come first. */
import { restoredBackup } from './backup-case.ts'
import type { Group } from './case.ts'
import { otherWireFailures, postgresFrozen, postgresFull, postgresGone, postgresSilent } from './database-cases.ts'
import { diskFullDatabase, diskFullLog } from './disk-cases.ts'
import { dnsCases } from './dns-cases.ts'
import { handlesServe, handlesStart } from './file-limit-cases.ts'
import { portTaken, signalCases } from './process-cases.ts'
import { diskFullStart, sandboxPortTaken, sigtermStart } from './start-cases.ts'
import { wireLanes } from './wire-cases.ts'

const DATA_DISK_MB = 400

export const groups: readonly Group[] = [
  { name: 'wires', lanes: wireLanes },
  { name: 'database', lanes: [[postgresGone, postgresFull, ...otherWireFailures]] },
  { name: 'silence', lanes: [[postgresSilent, postgresFrozen]] },
  { name: 'processes', lanes: [[portTaken, ...signalCases]] },
  {
    name: 'start',
    withoutInstallation: true,
    lanes: [[sandboxPortTaken, sigtermStart, handlesStart, diskFullStart]],
  },
  { name: 'disk', dataDiskMb: DATA_DISK_MB, lanes: [[diskFullLog, diskFullDatabase, handlesServe]] },
  { name: 'dns', lanes: [dnsCases] },
  { name: 'backup', lanes: [[restoredBackup]] },
]
