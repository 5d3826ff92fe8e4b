/** Texts in messages: the quotation of a reply and of a forward. */
export const TEXTS = {
  wrote: 'On {date}, {author} wrote:',
  unknownAuthor: 'Unknown sender',
  forwarded: '---------- Forwarded message ----------',
  from: 'From',
  date: 'Date',
  subject: 'Subject',
  to: 'To',
  cc: 'Cc',
} as const
