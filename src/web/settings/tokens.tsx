import { api } from '../api.ts'
import { TokenList } from '../parts/token-list.tsx'

/** API tokens: made with one role, shown once, ended at once. */
export function Tokens() {
  return (
    <TokenList
      queryKey={['tokens']}
      list={() => api.tokens.list()}
      create={(token) => api.tokens.create({ body: token })}
      revoke={(id) => api.tokens.revoke({ params: { id } })}
      mayStay
    />
  )
}
