/** Domains of mail services for anyone: people with such addresses have no organization in common. */
const FREE_MAIL: ReadonlySet<string> = new Set(
  `126.com 163.com aol.com arcor.de bluewin.ch fastmail.com free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de
  gmx.net googlemail.com hey.com hotmail.co.uk hotmail.com hotmail.de hotmail.fr icloud.com laposte.net libero.it live.com
  mac.com mail.com mail.de mail.ru mailbox.org me.com msn.com naver.com orange.fr outlook.com outlook.de outlook.fr
  posteo.de proton.me protonmail.com qq.com seznam.cz sfr.fr t-online.de tutanota.com wanadoo.fr web.de wp.pl yahoo.co.jp
  yahoo.co.uk yahoo.com yahoo.de yahoo.fr yandex.ru ymail.com zoho.com`.split(/\s+/),
)

/** Domain of an organization; undefined for a mail service for anyone. */
export function organizationOf(address: string): string | undefined {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
  return !address.includes('@') || domain === '' || FREE_MAIL.has(domain) ? undefined : domain
}
