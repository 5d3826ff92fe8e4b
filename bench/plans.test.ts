import { expect, it } from 'vitest'
import { readPlans } from './plans.ts'

const scan = (month: string, rows: number) =>
  `{"Node Type":"Index Scan","Index Name":"search_entries_${month}_pkey","Actual Rows":${rows},"Actual Loops":1,"Shared Hit Blocks":3,"Shared Read Blocks":1}`
const LOG = `2026-11-28 14:00:00.000 UTC [7] LOG:  checkpoint complete
2026-11-28 14:00:00.100 UTC [8] LOG:  duration: 1.500 ms  plan:
\t{
\t  "Query Text": "SELECT\\n  1",
\t  "Plan": {"Node Type":"Append","Actual Rows":5,"Actual Loops":2,"Shared Hit Blocks":8,"Shared Read Blocks":2,
\t    "Plans":[${scan('2026_01', 2)},${scan('2026_02', 3)}]}
\t}
2026-11-28 14:00:00.200 UTC [7] LOG:  listening
`

it('plans of a log have duration, blocks and nodes, with equal scans of months in one line', () => {
  expect(readPlans(LOG)).toEqual([
    {
      ...{ text: 'SELECT 1', ms: 1.5, blocks: 10, read: 2 },
      nodes: [
        'Append: 10 rows in 2 loops, 10 blocks',
        '  Index Scan search_entries_YYYY_MM_pkey: 2 rows, 4 blocks',
        '  … and 1 more like it',
      ],
    },
  ])
})
