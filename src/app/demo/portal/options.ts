export interface PortalOptions {
  /** 0 = a free port. */
  readonly port: number;
  /** Default `http://localhost:PORT`. */
  readonly publicUrl?: string;
  /** Where it listens: 127.0.0.1 unless said otherwise. */
  readonly host?: string | undefined;
  /** The administration that the site plays. */
  readonly name: string;
  readonly franceconnectIssuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Perimeters declared at FranceConnect, for display; empty = no condition. */
  readonly perimeters: readonly string[];
  /** Default: pivot identity, usage name, e-mail, identity provider. */
  readonly scope?: string;
}
