import { type TopicId, topics } from './topics.ts'

export interface HelpSearch {
  readonly text?: string
  readonly topic?: TopicId
}

/** What of the help is shown, as it stands in the address: what a text finds, or one topic. */
export function helpSearch(given: Record<string, unknown>): HelpSearch {
  const topic = topics.find(({ id }) => id === given.topic)?.id
  return {
    ...(typeof given.text === 'string' && given.text !== '' ? { text: given.text.slice(0, 100) } : {}),
    ...(topic === undefined ? {} : { topic }),
  }
}
