import type { Answer, Call } from '../server/call.ts'

/** What the documents leave open about a login that is locked; `without-header` is a plain 401. */
export type CaptchaVariant = '403' | '401' | 'without-header'

/** The answer to a login that only a person at a browser can open again; `plain` = that to a wrong password. */
export function captchaAnswer(plain: Answer, variant: CaptchaVariant, url: string): Answer {
  if (variant === 'without-header') return plain
  const reason = `CAPTCHA_CHALLENGE; login-url=${url}/login.jsp`
  return { ...plain, status: Number(variant), headers: { ...plain.headers, 'x-authentication-denied-reason': reason } }
}

export type XsrfVariant = 'browser-agents' | 'token-demanded'

/** The write looks like one a browser was tricked into. */
export function looksForged(call: Call, variant: XsrfVariant): boolean {
  if (call.method === 'GET') return false
  if ((call.headers['user-agent'] ?? '').startsWith('Mozilla/')) return true
  return variant === 'token-demanded' && call.headers['x-atlassian-token'] !== 'no-check'
}

export const xsrfAnswer: Answer = { status: 403, text: 'XSRF check failed' }
