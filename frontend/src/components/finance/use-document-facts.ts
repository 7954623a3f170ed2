import { useQuery } from '@tanstack/react-query';

/** What forms and lists need of a document; the reader of documents is fetched when there is one to read. */
export function useDocumentFacts(document: string | null) {
  return useQuery({
    queryKey: ['document-facts', document],
    queryFn: async () => (await import('@/lib/parameters/document')).readDocumentFacts(document ?? ''),
    enabled: document !== null,
    staleTime: Infinity,
  });
}
