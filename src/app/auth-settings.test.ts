import { describe, expect, it } from 'vitest'
import { authSchema, checkAuth } from './auth-settings.ts'

const oidc = {
  issuer: 'https://sso.example/realms/corp',
  clientId: 'muster',
  roles: [{ group: 'admins', roles: ['admin'] }],
}
const judged = (more: object, publicUrl = 'https://muster.example') => {
  const parsed = authSchema.safeParse({ oidc: { ...oidc, ...more } })
  if (!parsed.success) return parsed.error.issues.map(({ path }) => path.join('.'))
  return checkAuth(parsed.data, { publicUrl, maySeal: false }).map(
    ({ path, message }) => `${path.join('.')} ${message}`,
  )
}

describe('auth.oidc', () => {
  it('is complete with an issuer, a client and one rule', () => {
    expect(judged({})).toEqual([])
    expect(judged({ clientSecret: { env: 'OIDC_SECRET' } })).toEqual([])
    expect(judged({ issuer: 'http://localhost:8080/realms/corp' })).toEqual([])
  })

  it('is refused where it could not work or would not be safe', () => {
    expect(judged({ issuer: 'http://sso.example/realms/corp' })).toEqual(['oidc.issuer'])
    expect(judged({ roles: [] })).toEqual(['oidc.roles'])
    expect(judged({ roles: [{ group: 'a', roles: ['king'] }] })).toEqual(['oidc.roles.0.roles.0'])
    expect(judged({ scopes: ['profile'] })).toEqual(['auth.oidc.scopes must name openid'])
    expect(judged({ clientSecret: 'plain' })).toEqual(['auth.oidc.clientSecret holds a secret in plain text'])
    expect(judged({ clientSecret: { sealed: true } })).toHaveLength(1)
    const parsed = authSchema.parse({ oidc })
    expect(checkAuth(parsed, { publicUrl: undefined, maySeal: false })).toMatchObject([
      { message: 'needs server.publicUrl' },
    ])
  })
})
