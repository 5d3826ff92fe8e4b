/** Texts of the digest. */
export const TEXTS = {
  subject: (count: number) =>
    count === 1 ? 'Postkey: 1 unread notification' : `Postkey: ${count} unread notifications`,
  kinds: {
    unassigned: (sender: string | undefined) => `New from ${sender ?? 'a customer'}`,
    assigned: (by: string | undefined) => `${by ?? 'A program'} assigned this to you`,
    answered: (sender: string | undefined) => `${sender ?? 'The customer'} answered`,
    followed: (sender: string | undefined) => `${sender ?? 'The customer'} answered in a conversation that you follow`,
    mentioned: (by: string | undefined) => `${by ?? 'A program'} mentioned you`,
    'sending-failed': () => 'Sending failed',
  },
  noSubject: 'No subject',
  more: (count: number, url: string) => `And ${count} more: ${url}`,
  intervals: { 'quarter-hourly': 'every 15 minutes', hourly: 'every hour', daily: 'every day' },
  foot: (interval: string, url: string) =>
    `You receive this ${interval} while notifications are unread. To change this, open\n${url}`,
}
