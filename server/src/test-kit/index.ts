/** What tests run against: a real database of their own. Only tests may come in. */
export { testDatabase, type TestDatabase } from './test-database.ts'
export { createTestClock, type TestClock } from './test-clock.ts'
export { silentLog } from './silent-log.ts'
