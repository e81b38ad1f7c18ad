import { api } from '../api.ts'
import { TokenList } from '../parts/token-list.tsx'

/** Personal tokens: they may do at most what their owner may do, and end with them, at the latest after a year. */
export function OwnTokens() {
  return (
    <TokenList
      queryKey={['own-tokens']}
      list={() => api.account.tokens()}
      create={({ expiresAt = '', ...token }) => api.account.createToken({ body: { ...token, expiresAt } })}
      revoke={(id) => api.account.revokeToken({ params: { id } })}
      mayStay={false}
    />
  )
}
