import { Alert } from '@codegouvfr/react-dsfr/Alert';
import { NOTICES } from './notices.ts';

/** What just happened, told once above the page. A code without a sentence shows nothing. */
export function NoticeBand({ code }: { code: string | null }) {
  const notice = code !== null && Object.hasOwn(NOTICES, code) ? NOTICES[code] : undefined;
  if (!notice) return null;
  return <Alert small severity={notice.severity} description={notice.text} className="site-notice" />;
}
