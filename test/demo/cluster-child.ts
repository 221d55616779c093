// Run by cluster.test.ts in a process of its own: starts a cluster, tells where it is, lives until it is killed or its
// input ends. As `uid` when given: everything is loaded before, since this user may not be able to read the sources.
import { type ClusterOptions, startCluster } from '#app/demo/cluster.ts';

const { options, uid, gid } = JSON.parse(process.argv[2] ?? '{}') as {
  options: ClusterOptions;
  uid?: number;
  gid?: number;
};
if (uid !== undefined && gid !== undefined) {
  process.setgroups?.([gid]);
  process.setgid?.(gid);
  process.setuid?.(uid);
}
const cluster = await startCluster(options);
process.stdout.write(`${JSON.stringify({ pid: cluster.pid, port: cluster.port, data: cluster.data })}\n`);
process.stdin.resume().once('end', async () => {
  await cluster.stop();
});
