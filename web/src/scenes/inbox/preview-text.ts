/** Greeting at the beginning, up to its comma: it says nothing about the message. */
const GREETING =
  /^(?:hello|hi|hey|dear|greetings|good (?:morning|afternoon|evening|day)|hallo|guten (?:tag|morgen|abend)|sehr geehrte[rs]?|liebe[rs]?|moin|bonjour|hola|ciao|olá)(?=[\s,!.])[^,!.:;?]{0,60}[,!.:]\s+/iu

/** Beginning of a quotation, in the words of common mail programs. */
const QUOTATION =
  /\s*(?:\bOn .{6,120}? wrote:|\bAm .{6,120}? schrieb .{0,80}?:|\bLe .{6,120}? a écrit ?:|-{2,}\s?(?:Original Message|Ursprüngliche Nachricht|Forwarded message)\b|\b(?:From|Von): .{3,120}? (?:Sent|Gesendet): |(?:^|\s)>\s)/u

/** First words of a message without greeting and quotation. Returns the whole line when nothing else is left. */
export function previewText(line: string): string {
  const quotation = QUOTATION.exec(line)
  const own = quotation && quotation.index > 0 ? line.slice(0, quotation.index) : line
  const text = own.replace(GREETING, '').trim()
  return text === '' ? own.trim() : text
}
