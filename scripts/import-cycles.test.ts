import { describe, expect, it } from 'vitest'
import { listImports } from './check-rooms.ts'
import { cycleComplaints, type ImportGraph } from './import-cycles.ts'

const graph = (sources: Record<string, string>): ImportGraph =>
  new Map(Object.entries(sources).map(([file, text]) => [file, listImports(file, text)]))

const CYCLE = {
  'server/src/sync/a.ts': "import { b } from './b.ts'",
  'server/src/sync/b.ts': "import type { C } from './within/c.ts'",
  'server/src/sync/within/c.ts': "export type { A } from '../a.ts'",
  'server/src/sync/d.ts': "import { a } from './a.ts'",
}

describe('import cycles', () => {
  it('are reported with the shortest cycle, type imports included', () => {
    expect(cycleComplaints(graph(CYCLE))).toEqual([
      'import cycle, type imports included: ' +
        'server/src/sync/a.ts → server/src/sync/b.ts → server/src/sync/within/c.ts → server/src/sync/a.ts',
    ])
  })

  it('are reported when a file imports itself', () => {
    expect(cycleComplaints(graph({ 'web/src/a.tsx': "import './a.tsx'" }))).toEqual([
      'import cycle, type imports included: web/src/a.tsx → web/src/a.tsx',
    ])
  })

  it('are distinguished from two import paths to the same file', () => {
    const diamond = {
      'server/src/sync/a.ts': "import './b.ts'\nimport './c.ts'",
      'server/src/sync/b.ts': "import './d.ts'",
      'server/src/sync/c.ts': "import './d.ts'\nimport { x } from 'elsewhere'",
      'server/src/sync/d.ts': "import './missing.ts'",
    }
    expect(cycleComplaints(graph(diamond))).toEqual([])
  })
})
