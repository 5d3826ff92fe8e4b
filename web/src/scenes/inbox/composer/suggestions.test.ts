import { describe, expect, it } from 'vitest'
import { isAnswered, MOST_FETCHED, searchedWords, suggest } from './suggestions.ts'

const KIM = { name: 'Kim Lee', address: 'kim@customer.example' }
const LEA = { name: 'Lea', address: 'lea@customer.example' }
const LEO = { name: '', address: 'leo@partner.example' }
const NONE = { participants: [], present: [] }
const many = Array.from({ length: MOST_FETCHED }, (_, at) => ({ name: '', address: `le${at}@customer.example` }))

describe('an answer for a beginning serves longer input', () => {
  it.each([
    ['le', 'le', [LEA], true],
    ['le', 'lea', [LEA], true],
    ['le', 'kim le', [KIM, LEA], true],
    ['ki le', 'lee kim', [KIM], true],
    ['le', 'l', [LEA], false],
    ['le', 'kim', [LEA], false],
    // The server may have more than it returned.
    ['le', 'lea', many, false],
    ['le', 'le', many, true],
  ])('%s for %s', (searched, typed, found, expected) => {
    expect(isAnswered(searchedWords(typed), [{ searched, found }])).toBe(expected)
  })
})

describe('suggested recipients', () => {
  const answers = [{ searched: 'le', found: [LEA, LEO, KIM] }]

  it('keep the order of the server, and fit all typed words', () => {
    expect(suggest(['le'], answers, NONE)).toEqual([LEA, LEO, KIM])
    expect(suggest(['lee', 'ki'], answers, NONE)).toEqual([KIM])
    expect(suggest(['part', 'le'], answers, NONE)).toEqual([LEO])
  })

  it('begin with participants of the conversation, also without input', () => {
    const participants = [{ ...KIM, address: 'Kim@Customer.example' }, LEO]
    expect(suggest(['le'], answers, { participants, present: [] })).toEqual([participants[0], LEO, LEA])
    expect(suggest([], answers, { participants, present: [] })).toEqual(participants)
  })

  it('leave out recipients that are present, in any case', () => {
    const present = [{ name: '', address: 'LEA@customer.example' }]
    expect(suggest(['le'], answers, { participants: [], present })).toEqual([LEO, KIM])
  })

  it('are few', () => {
    expect(suggest(['le'], [{ searched: 'le', found: many }], NONE)).toHaveLength(8)
  })
})
