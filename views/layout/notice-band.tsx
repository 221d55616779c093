import { Alert } from '@codegouvfr/react-dsfr/Alert';
import { NOTICES, type NoticeText } from './notices.ts';

const texts: ReadonlyMap<string, NoticeText> = new Map(Object.entries(NOTICES));

/** What just happened, told once above the page, where the script puts the focus so that it is heard. A code without a sentence shows nothing. */
export function NoticeBand({ code }: { code: string | null }) {
  const notice = code === null ? undefined : texts.get(code);
  if (!notice) return null;
  return (
    <div data-annonce tabIndex={-1}>
      <Alert small severity={notice.severity} description={notice.text} className="site-notice" />
    </div>
  );
}
