import { describe, expect, it } from 'vitest'
import { asOutlook } from './folder-order.ts'

describe('the order of folders', () => {
  it('starts with the inbox and lists each folder below its parent', () => {
    const folders = [
      { path: ['Zebra'] },
      { path: ['Deleted'], role: 'trash' as const },
      { path: ['Inbox', 'Orders'] },
      { path: ['Apple'] },
      { path: ['Inbox'], role: 'inbox' as const },
      { path: ['Inbox', 'Orders', '2024'] },
      { path: ['Inbox', 'Archive'] },
    ]
    expect(asOutlook(folders).map(({ path }) => path.join('/'))).toEqual([
      'Inbox',
      'Inbox/Archive',
      'Inbox/Orders',
      'Inbox/Orders/2024',
      'Deleted',
      'Apple',
      'Zebra',
    ])
  })
})
