import { expect, it } from 'vitest'
import { newId, type ConversationId } from '../../kernel/ids.ts'
import { Secret } from '../../kernel/secret.ts'
import { createConversationTokens, withToken } from './conversation-tokens.ts'

const tokens = createConversationTokens([new Secret('one')])
const id = newId<ConversationId>()

it('a conversation token identifies its conversation, in upper or lower case', () => {
  const token = tokens.tokenOf(id, 'support@Contoso.Example')
  expect(token).toMatch(/^pk\.[0-9a-f]{32}\.[0-9a-f]{20}@contoso\.example$/)
  expect(tokens.conversationIn(['a@x', token, 'b@x'])).toBe(id)
  expect(tokens.conversationIn([token.toUpperCase()])).toBe(id)
})

it('a conversation token is ignored if forged, from another installation or for another conversation', () => {
  const token = tokens.tokenOf(id, 'a@contoso.example')
  const other = tokens.tokenOf(newId<ConversationId>(), 'a@contoso.example')
  const swapped = token.replace(/^pk\.[^.]+/, other.slice(0, 35))
  const foreign = createConversationTokens([new Secret('two')]).tokenOf(id, 'a@contoso.example')

  for (const forged of [
    swapped,
    foreign,
    token.replace(/.(?=@)/, (last) => (last === '0' ? '1' : '0')),
    `pk.${'0'.repeat(32)}.@x`,
  ]) {
    expect(tokens.conversationIn([forged])).toBeUndefined()
  }
})

it('a conversation token stays valid after the signing key changes', () => {
  const rotated = createConversationTokens([new Secret('new'), new Secret('one')])
  expect(rotated.conversationIn([tokens.tokenOf(id, 'a@contoso.example')])).toBe(id)
})

it('a conversation token appears once in References, before the others', () => {
  const old = tokens.tokenOf(newId<ConversationId>(), 'a@contoso.example')
  expect(withToken(['a@x', old, 'b@x'], 'new@x')).toEqual(['new@x', 'a@x', 'b@x'])
})
