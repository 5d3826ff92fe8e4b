import { Decrypter, Encrypter } from 'age-encryption'
import { AppError } from '../kernel/errors.ts'
import { Secret } from '../kernel/secret.ts'

/** First line of a file of age, version 1. */
export const AGE_LINE = Buffer.from('age-encryption.org/v1\n')

/** Public keys of a list with commas. An empty one stays, for `createEncryption` to refuse: it must not mean clear text. */
export function parseRecipients(list: string): string[] {
  return list.split(',').map((recipient) => recipient.trim())
}

/**
 * Encrypts to public keys of age. Only their identities can decrypt the result.
 *
 * @param recipients such as `age1…`
 * @throws {AppError} `backup.recipient_invalid`
 * @see https://age-encryption.org/v1
 */
export function createEncryption(recipients: readonly string[]) {
  const encrypter = new Encrypter()
  for (const [index, recipient] of recipients.entries()) {
    try {
      encrypter.addRecipient(recipient)
    } catch {
      // Without the text: it may be a private key, given by mistake.
      throw new AppError('backup.recipient_invalid', { cause: new Error(`Recipient ${index + 1} is not one of age`) })
    }
  }
  return async function* encrypt(plain: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    yield* buffersOf(await encrypter.encrypt(ReadableStream.from<Uint8Array>(plain)))
  }
}

/**
 * Decrypts with the first identity that fits.
 *
 * @throws {AppError} `backup.identity_wrong` before the first byte, `backup.damaged` for content that is incomplete or
 *   altered
 */
export async function* decrypt(
  encrypted: AsyncIterable<Buffer>,
  identities: readonly Secret[],
): AsyncGenerator<Buffer> {
  const decrypter = new Decrypter()
  for (const identity of identities) decrypter.addIdentity(identity.reveal())
  const plain = await decrypter.decrypt(ReadableStream.from<Uint8Array>(encrypted)).catch((cause: unknown) => {
    throw new AppError('backup.identity_wrong', { cause })
  })
  try {
    yield* buffersOf(plain)
  } catch (cause) {
    throw new AppError('backup.damaged', { cause })
  }
}

/**
 * Identities in the text of a file that `age-keygen` writes: one per line, and comments.
 *
 * @throws {AppError} `backup.identity_unusable` for a text without identities, or with a line of another kind
 */
export function parseIdentities(text: string): Secret[] {
  const lines = text.split('\n').map((line) => line.trim())
  const identities = lines.filter((line) => line !== '' && !line.startsWith('#'))
  if (identities.length === 0)
    throw new AppError('backup.identity_unusable', { cause: new Error('It has no identity') })
  for (const [index, identity] of identities.entries()) {
    try {
      new Decrypter().addIdentity(identity)
    } catch {
      // The cause could contain a part of the identity.
      throw new AppError('backup.identity_unusable', { cause: new Error(`Identity ${index + 1} is not one of age`) })
    }
  }
  return identities.map((identity) => new Secret(identity))
}

async function* buffersOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const { buffer, byteOffset, byteLength } of stream) yield Buffer.from(buffer, byteOffset, byteLength)
}
