import { Button, Textarea } from '@mantine/core'
import { useState } from 'react'
import { Failure } from '../parts/failure.tsx'
import { jsonObject } from '../parts/json-text.ts'
import { t } from '../words/t.ts'
import { useRules } from './rules.tsx'

/** The whole document as text: also for what no form shows, such as access to products. */
export function DocumentText() {
  const { document, replace } = useRules()
  const [text, setText] = useState(() => JSON.stringify(document, null, 2))
  const [error, setError] = useState<unknown>()
  const take = () => {
    setError(undefined)
    try {
      replace(jsonObject(text))
    } catch (thrown) {
      setError(thrown)
    }
  }
  return (
    <div className="stack-tight">
      <Textarea
        label={t('connection.document')}
        description={t('connection.documentHelp')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        rows={20}
        spellCheck={false}
        classNames={{ input: 'code' }}
      />
      {error !== undefined && <Failure error={error} />}
      <div>
        <Button variant="default" onClick={take}>
          {t('rules.takeText')}
        </Button>
      </div>
    </div>
  )
}
