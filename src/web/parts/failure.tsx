import { Button } from '@mantine/core'
import { ProvisioningError } from '../../domain/errors.ts'
import { t } from '../words/t.ts'
import { Message } from './message.tsx'

/** What went wrong, what to do, and every problem the server named. */
export function Failure({ error, retry }: { readonly error: unknown; readonly retry?: (() => void) | undefined }) {
  const known = error instanceof ProvisioningError ? error : undefined
  if (known?.code === 'not-allowed') {
    return (
      <Message tone="neutral" title={t('state.notAllowed')}>
        <div>{known.message}</div>
        {known.hint !== undefined && <div className="subtle">{known.hint}</div>}
      </Message>
    )
  }
  return (
    <Message
      tone="danger"
      title={known?.message ?? t('state.defect')}
      alert
      actions={
        retry !== undefined && (
          <Button variant="default" size="xs" onClick={retry}>
            {t('action.retry')}
          </Button>
        )
      }
    >
      {known?.hint !== undefined && <div>{known.hint}</div>}
      {known === undefined && error instanceof Error && <div className="code break">{error.message}</div>}
      {known !== undefined && known.problems.length > 0 && (
        <ul>
          {known.problems.map(({ where, message, hint }) => (
            <li key={`${where}${message}`}>
              {where !== undefined && <code>{where}</code>} {message} {hint}
            </li>
          ))}
        </ul>
      )}
      {known !== undefined && <div className="subtle small">{t('state.code', { code: known.code })}</div>}
    </Message>
  )
}
