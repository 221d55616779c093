import { addClient, type ClientInput } from '#oidc-provider';
import { type Command, required } from './command.ts';
import { refusedFields, withNode } from './with-context.ts';

const OPTION_OF: Readonly<Record<string, string>> = {
  clientId: '--client-id',
  name: '--name',
  sector: '--sector',
  secret: 'CLIENT_SECRET',
  redirectUris: '--redirect-uri',
  postLogoutRedirectUris: '--post-logout-redirect-uri',
  userinfo: '--userinfo',
};

const add: Command = {
  name: 'client add',
  summary: 'Inscrit un client du fournisseur d’identité (FranceConnect) ; écrit son secret, une seule fois.',
  options: {
    'client-id': { hint: 'identifiant du client', required: true },
    name: { hint: 'nom montré aux aidants', required: true },
    sector: {
      hint: 'nom d’hôte : les clients d’un même secteur voient le même identifiant de personne',
      required: true,
    },
    'redirect-uri': { hint: 'adresse de retour, https', required: true, multiple: true },
    'post-logout-redirect-uri': { hint: 'adresse après déconnexion', multiple: true },
    userinfo: { hint: 'jwt (signé, par défaut) ou json' },
  },
  async run(given, io) {
    const userinfo = given.text('userinfo');
    const secret = io.env.CLIENT_SECRET;
    await withNode(io, 'app', async (ctx) => {
      const added = await addClient(ctx, {
        clientId: required(given, 'client-id'),
        name: required(given, 'name'),
        sector: required(given, 'sector'),
        redirectUris: given.list('redirect-uri'),
        postLogoutRedirectUris: given.list('post-logout-redirect-uri'),
        ...(userinfo !== undefined && { userinfo: userinfo as NonNullable<ClientInput['userinfo']> }),
        ...(secret && { secret }),
      });
      if (!added.ok) throw refusedFields(added.errors, OPTION_OF);
      io.out(added.secret);
      io.say('Ce secret ne sera plus montré. CLIENT_SECRET dans l’environnement en impose un.');
    });
  },
};

export const clientCommands: readonly Command[] = [add];
