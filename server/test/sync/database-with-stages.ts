import { onTestFinished } from 'vitest'
import type { EmailAccountId } from '../../src/kernel/ids.ts'
import { createTestClock, testDatabase } from '../kit/index.ts'
import type { MailTransport } from '../../src/transports/index.ts'
import { createStage, listEventKinds, type Stage } from './stage.ts'

/** Test database with a clock. Each test creates its own sync environment, which ends with the test. */
export async function createDatabaseWithStages() {
  const database = await testDatabase()
  const clock = createTestClock('2026-01-01T00:00:00Z')
  const transports = new Map<string, MailTransport>()
  let accounts = 0

  function nextAddress(): string {
    return `box${++accounts}@contoso.example`
  }

  function stageHere(): Stage {
    const stage = createStage(database, clock, transports)
    onTestFinished(() => stage.sync.stop())
    return stage
  }

  function eventsOf(id: EmailAccountId): Promise<string[]> {
    return listEventKinds(database, id)
  }

  return { database, clock, transports, nextAddress, stageHere, eventsOf }
}
