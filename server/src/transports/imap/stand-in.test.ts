import { describe, expect, it } from 'vitest'
import { isStandIn } from './stand-in.ts'

const SUBJECT = 'Subject: Retrieval using the IMAP4 protocol failed for the following message: 4711'
const is = (text: string) => isStandIn(Buffer.from(text))

describe("Exchange's replacement text for a message", () => {
  it('is recognized by its subject and the missing Message-ID', () => {
    expect(is(`MIME-Version: 1.0\r\nFrom: Microsoft Exchange Server\r\n${SUBJECT}\r\n\r\nThe server couldn't`)).toBe(
      true,
    )
  })

  it('differs from a message about it, an answer to it or a quote of it', () => {
    expect(is(`Message-ID: <a@b.example>\r\n${SUBJECT}\r\n\r\nLook`)).toBe(false)
    expect(is(`Subject: Re: ${SUBJECT.slice(9)}\r\n\r\nLook`)).toBe(false)
    expect(is(`Subject: Look\r\n\r\n${SUBJECT}\r\n`)).toBe(false)
    expect(is('')).toBe(false)
  })
})
